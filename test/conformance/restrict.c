/*
 * Runs a program on a kernel that refuses more than ours does: a stand-in for containers and hardened machines.
 *
 *     restrict no-ptrace|no-namespaces|deadly-ptrace PROGRAM
 */
#define _GNU_SOURCE
#include <errno.h>
#include <linux/filter.h>
#include <linux/seccomp.h>
#include <sched.h>
#include <stddef.h>
#include <string.h>
#include <sys/prctl.h>
#include <sys/syscall.h>
#include <unistd.h>

#define LOAD(field) BPF_STMT(BPF_LD | BPF_W | BPF_ABS, offsetof(struct seccomp_data, field))
#define GIVE(what) BPF_STMT(BPF_RET | BPF_K, what)
#define CALL(nr, yes, no) BPF_JUMP(BPF_JMP | BPF_JEQ | BPF_K, nr, yes, no)
#define HAS(bit, yes, no) BPF_JUMP(BPF_JMP | BPF_JSET | BPF_K, bit, yes, no)
#define REFUSED (SECCOMP_RET_ERRNO | EPERM)

static int filter(struct sock_filter *code, unsigned short length)
{
	struct sock_fprog program = {length, code};
	return prctl(PR_SET_NO_NEW_PRIVS, 1, 0, 0, 0) || prctl(PR_SET_SECCOMP, SECCOMP_MODE_FILTER, &program);
}

int main(int argc, char **argv)
{
	struct sock_filter no_ptrace[] = {LOAD(nr), CALL(SYS_ptrace, 0, 1), GIVE(REFUSED), GIVE(SECCOMP_RET_ALLOW)};
	struct sock_filter deadly_ptrace[] = {LOAD(nr), CALL(SYS_ptrace, 0, 1), GIVE(SECCOMP_RET_KILL_PROCESS),
					      GIVE(SECCOMP_RET_ALLOW)};
	struct sock_filter no_namespaces[] = {
		LOAD(nr), CALL(SYS_unshare, 4, 0), CALL(SYS_clone, 0, 2), LOAD(args[0]),
		HAS(CLONE_NEWPID, 1, 0), GIVE(SECCOMP_RET_ALLOW), GIVE(REFUSED),
	};
	int failed = argc != 3;
	if (!failed && !strcmp(argv[1], "no-ptrace"))
		failed = filter(no_ptrace, sizeof no_ptrace / sizeof *no_ptrace);
	else if (!failed && !strcmp(argv[1], "deadly-ptrace"))
		failed = filter(deadly_ptrace, sizeof deadly_ptrace / sizeof *deadly_ptrace);
	else if (!failed && !strcmp(argv[1], "no-namespaces"))
		failed = filter(no_namespaces, sizeof no_namespaces / sizeof *no_namespaces);
	else
		failed = 1;
	if (!failed)
		execl(argv[2], argv[2], (char *)0);
	return 125;
}
