package pgtest

import "syscall"

// killWithParent has the kernel stop the child when the test process dies,
// however it does. SIGQUIT is PostgreSQL's immediate stop, which takes its
// workers and its shared memory along; after SIGKILL they would stay.
func killWithParent(attr *syscall.SysProcAttr) { attr.Pdeathsig = syscall.SIGQUIT }
