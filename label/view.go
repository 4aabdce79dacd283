package label

import "context"

func (s *service) List(ctx context.Context, uid string) ([]Label, error) {
	list, err := s.store.Labels(ctx, uid)
	if err != nil {
		return nil, err
	}
	if err := s.showGroups(ctx, uid, list); err != nil {
		return nil, err
	}
	return list, nil
}

func (s *service) Label(ctx context.Context, uid string, id int64) (Label, error) {
	l, err := s.store.Label(ctx, uid, id)
	if err != nil {
		return Label{}, err
	}
	list := []Label{l}
	if err := s.showGroups(ctx, uid, list); err != nil {
		return Label{}, err
	}
	return list[0], nil
}

// showGroups leaves in each label the groups that uid is in, with their names.
func (s *service) showGroups(ctx context.Context, uid string, list []Label) error {
	var nos []string
	for _, l := range list {
		for _, g := range l.Groups {
			nos = append(nos, g.No)
		}
	}
	joined, err := s.groupNames(ctx, uid, distinct(nos))
	if err != nil {
		return err
	}
	for i, l := range list {
		shown := []Group{}
		for _, g := range l.Groups {
			if name, ok := joined[g.No]; ok {
				shown = append(shown, Group{No: g.No, Name: name})
			}
		}
		list[i].Groups = shown
	}
	return nil
}
