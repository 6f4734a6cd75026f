/*
 * Before the first scenario: what does this kernel let us see and do?
 */
#ifndef PREPARE_H
#define PREPARE_H

#include "script.h"

/* Microseconds of quiet: with /proc/PID/syscall, and where only time can tell. */
#define QUIET_SHORT 600
#define QUIET_LONG 2500
#define QUIET_BY_TIME 20000

/* Asks what this kernel lets us see and do; the error of CLONE_NEWPID, or 0. */
static long prepare(void)
{
	u64 no_core[2] = {0, 0};
	long fd = sys3(__NR_open, "/proc/self/syscall", O_RDONLY, 0), error;
	kernel_tells_calls = fd >= 0;
	if (fd >= 0)
		sys1(__NR_close, fd);
	quiet_short = kernel_tells_calls ? QUIET_SHORT : QUIET_BY_TIME;
	quiet_long = kernel_tells_calls ? QUIET_LONG : QUIET_BY_TIME;
	sys4(__NR_prlimit64, 0, RLIMIT_CORE, no_core, 0);
	/* Descriptor 3 leads nowhere: pid 1 puts it in the place of the first three. */
	fd = sys3(__NR_open, "/dev/null", O_RDWR, 0);
	if (fd >= 0 && fd != 3) {
		sys2(__NR_dup2, fd, 3);
		sys1(__NR_close, fd);
	}
	forget_everything();
	add_actor(0, "INIT", 0);
	if (fresh_memory())
		return -38;
	error = start_init();
	if (error < 0 && become_root() == 0)
		error = start_init();
	clean_up();
	return error;
}

/* No error, and no success either: whoever asked has not come back. */
#define DEADLY 1

/*
 * May one process trace another here? The error, or 0. A child asks to attach to its sibling, which a stricter
 * kernel (Yama, seccomp) refuses, or kills it for.
 */
static long try_ptrace(void)
{
	struct command attach = {0};
	long result;
	forget_everything();
	add_actor(0, "INIT", 0);
	add_actor(1, "A", 0);
	add_actor(2, "B", 0);
	if (fresh_memory() || start_init() < 0)
		return 0;
	for (int child = 1; child <= 2; child++) {
		struct command fork = {.kind = KIND_CLONE, .child = child, .args = {SIG_CHLD}};
		shared->slots[0].command = fork;
		actors[child].creator = 0;
		__atomic_add_fetch(&shared->slots[0].go, 1, __ATOMIC_SEQ_CST);
		sys3(__NR_futex, &shared->slots[0].go, FUTEX_WAKE, 1);
		settle(0);
	}
	attach.nr = __NR_ptrace;
	attach.args[0] = 16;
	attach.args[1] = actors[2].pids[0];
	shared->slots[1].command = attach;
	__atomic_add_fetch(&shared->slots[1].go, 1, __ATOMIC_SEQ_CST);
	sys3(__NR_futex, &shared->slots[1].go, FUTEX_WAKE, 1);
	settle(1);
	result = shared->slots[1].done == shared->slots[1].go ? shared->slots[1].result : DEADLY;
	clean_up();
	return result;
}

#endif
