//go:build !linux

package pgtest

import "syscall"

// killWithParent does nothing: only Linux offers it in this form, so elsewhere
// a test process that is killed may leave its server behind.
func killWithParent(*syscall.SysProcAttr) {}
