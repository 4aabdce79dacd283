package group

import "fmt"

// Limits bound groups. A zero field has its default; New refuses a negative one.
type Limits struct {
	// Size is how many members a group may have, its owner included. Default 2,000.
	Size int
	// FanOut is how many members a group may have before it becomes large: then
	// its people read its channel, and messages are not copied into their queues
	// any more. A group that became large stays so. Default 1,000.
	FanOut int
	// Batch is how many people one request may name. Default 200.
	Batch int
	// Managers is how many managers a group may have besides its owner. Default 20.
	Managers int
	// Daily is how many groups one person may found within 24 hours. Default 10.
	Daily int
}

// DefaultLimits returns the limits that zero fields stand for.
func DefaultLimits() Limits {
	return Limits{Size: 2000, FanOut: 1000, Batch: 200, Managers: 20, Daily: 10}
}

// complete returns l with its defaults, or an error that names a negative field.
func (l Limits) complete() (Limits, error) {
	d := DefaultLimits()
	for _, f := range []struct {
		name     string
		field    *int
		standard int
	}{
		{"Size", &l.Size, d.Size}, {"FanOut", &l.FanOut, d.FanOut},
		{"Batch", &l.Batch, d.Batch}, {"Managers", &l.Managers, d.Managers}, {"Daily", &l.Daily, d.Daily},
	} {
		if *f.field < 0 {
			return l, fmt.Errorf("group: Limits.%s is negative", f.name)
		}
		if *f.field == 0 {
			*f.field = f.standard
		}
	}
	return l, nil
}
