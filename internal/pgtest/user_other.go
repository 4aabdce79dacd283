//go:build !unix

package pgtest

import "syscall"

// unprivileged returns the attributes under which PostgreSQL's programs run:
// where there is no root, those of the test.
func unprivileged(string) (*syscall.SysProcAttr, error) {
	return &syscall.SysProcAttr{}, nil
}
