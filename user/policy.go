package user

// Policy is what a deployment keeps from all its users. The zero value keeps
// nothing.
type Policy struct {
	// PhoneSearchOff hides everybody from a search by phone number, whatever
	// their own settings say.
	PhoneSearchOff bool
	// ShortNoFixed refuses to change short numbers, with ErrShortNoFixed.
	ShortNoFixed bool
}

func (s *service) Policy() Policy { return s.policy }
