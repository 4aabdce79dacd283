package user

// QRPollsKept returns how many logins the polls of this process keep something
// about.
func QRPollsKept(s Service) int {
	p := s.(*service).polls
	p.mu.Lock()
	defer p.mu.Unlock()
	return len(p.logins)
}

// SweepQRPolls makes the next poll that ends look for what can be forgotten,
// rather than the thousandth.
func SweepQRPolls(s Service) {
	p := s.(*service).polls
	p.mu.Lock()
	defer p.mu.Unlock()
	p.sweepAt = 0
}
