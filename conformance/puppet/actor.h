/*
 * What a puppet runs: sleep on the own mailbox, do one system call, store what came of it, sleep again.
 *
 * An idle puppet is in an interruptible sleep (FUTEX_WAIT), so that signals, stops and ptrace-stops happen at
 * once, between commands as well as in calls.
 */
#ifndef ACTOR_H
#define ACTOR_H

#include "shared.h"

void puppet_enter(int slot);

__asm__(".text\n"
	".globl restore_signal\n"
	"restore_signal:\n"
	"	movl $15, %eax\n" /* rt_sigreturn */
	"	syscall\n");
void restore_signal(void);

/*
 * A clone whose child starts afresh on the stack of its own slot; the pid is in the slot before anybody,
 * parent, child or tracer, can do anything.
 */
static long clone_into(int child, long flags)
{
	struct slot *slot = &shared->slots[child];
	long result;
	register long ctid __asm__("r10") = (long)&slot->word;
	register long tls __asm__("r8") = (long)slot;
	register long number __asm__("r12") = child;
	slot->self = slot;
	__asm__ volatile("syscall\n"
			 "	testq %%rax, %%rax\n"
			 "	jnz 1f\n"
			 "	xorl %%ebp, %%ebp\n"
			 "	movq %%r12, %%rdi\n"
			 "	call puppet_enter\n"
			 "	ud2\n"
			 "1:\n"
			 : "=a"(result)
			 : "a"(__NR_clone), "D"(flags | CLONE_PARENT_SETTID | CLONE_SETTLS),
			   "S"(slot->stack + sizeof slot->stack), "d"(&slot->parents_tid), "r"(ctid), "r"(tls), "r"(number)
			 : "rcx", "r11", "memory");
	return result;
}

static void bump(void)
{
	__atomic_add_fetch(&shared->changes, 1, __ATOMIC_SEQ_CST);
}

/* The handler of every signal that has one. */
static void on_signal(int signal, struct siginfo *info, void *context)
{
	struct slot *slot;
	u32 entry;
	(void)signal;
	(void)context;
	__asm__("movq %%fs:0, %0" : "=r"(slot));
	entry = __atomic_fetch_add(&slot->logged, 1, __ATOMIC_SEQ_CST);
	if (entry < LOG_LENGTH)
		slot->log[entry] = *info;
	bump();
}

/* setns into the PID namespace of somebody, whose /proc entry is in `path`. */
static long enter_namespace(struct slot *slot)
{
	long fd = sys3(__NR_open, slot->path, O_RDONLY | O_CLOEXEC, 0), result;
	if (fd < 0)
		return fd;
	result = sys2(__NR_setns, fd, CLONE_NEWPID);
	sys1(__NR_close, fd);
	return result;
}

static long execute(struct slot *slot)
{
	char *no_environment[1] = {0};
	const struct command *command = &slot->command;
	const long *args = command->args;
	switch (command->kind) {
	case KIND_CLONE:
		return clone_into(command->child, args[0]);
	case KIND_EXEC:
		return sys3(__NR_execve, shared->program, slot->argv, no_environment);
	case KIND_SETNS:
		return enter_namespace(slot);
	default:
		return sys6(command->nr, args[0], args[1], args[2], args[3], args[4], args[5]);
	}
}

static void complete(struct slot *slot, u32 command, long result)
{
	slot->result = result;
	__atomic_store_n(&slot->done, command, __ATOMIC_SEQ_CST);
	bump();
	sys3(__NR_futex, &shared->changes, FUTEX_WAKE, 1);
}

/*
 * The ids in the namespace that /proc belongs to: a puppet asks for the link target, "TGID/task/TID", because
 * only the kernel can translate. Where there is no /proc, both stay 0.
 */
static void learn_outer_ids(struct slot *slot)
{
	char target[64] = {0};
	const char *at = target;
	if (sys3(__NR_readlink, "/proc/thread-self", target, sizeof target - 1) < 0)
		return;
	slot->outer_tgid = (int)number_at(&at);
	if (same(at, "") || at[0] != '/' || length_of(at) < 7)
		return;
	at += 6; /* "/task/" */
	slot->outer_tid = (int)number_at(&at);
}

static void loop(struct slot *slot)
{
	slot->tid = (int)sys0(__NR_gettid);
	learn_outer_ids(slot);
	__atomic_add_fetch(&slot->up, 1, __ATOMIC_SEQ_CST);
	bump();
	/* After an execve: the command that it carried out is still to be completed. */
	if (slot->picked != slot->done)
		complete(slot, slot->picked, 0);
	for (;;) {
		u32 go = __atomic_load_n(&slot->go, __ATOMIC_SEQ_CST);
		if (go == slot->picked) {
			sys4(__NR_futex, &slot->go, FUTEX_WAIT, go, 0);
			continue;
		}
		__atomic_store_n(&slot->picked, go, __ATOMIC_SEQ_CST);
		complete(slot, go, execute(slot));
	}
}

/* Pid 1 of the scenario: nothing of the conductor's process is left in it but the shared memory. */
static void become_init(void)
{
	u64 none = 0;
	struct sigaction standard = {0};
	/* SIGKILL when the conductor dies, however it dies; with pid 1 goes the whole namespace. */
	sys2(__NR_prctl, PR_SET_PDEATHSIG, SIG_KILL);
	for (int signal = 1; signal <= 64; signal++)
		sys4(__NR_rt_sigaction, signal, &standard, 0, 8);
	sys4(__NR_rt_sigprocmask, SIG_SETMASK, &none, 0, 8);
	/* Descriptors 0 to 3 are taken, but lead nowhere: the next one is 4 on every kernel. */
	for (int fd = 0; fd < 3; fd++)
		sys2(__NR_dup2, 3, fd);
	if (sys3(__NR_close_range, SHARED_FD + 1, ~0u, 0) < 0)
		for (int fd = SHARED_FD + 1; fd < 1024; fd++)
			sys1(__NR_close, fd);
}

__attribute__((used)) void puppet_enter(int number)
{
	struct slot *slot = &shared->slots[number];
	if (number == 0 && slot->up == 0)
		become_init();
	loop(slot);
}

/* A new image after execve, in the slot of the thread that called it. */
static void enter_after_execve(int number)
{
	struct slot *slot = &shared->slots[number];
	if (map_shared(SHARED_FD) != shared)
		sys1(__NR_exit_group, 111);
	sys2(__NR_arch_prctl, ARCH_SET_FS, slot);
	loop(slot);
}

#endif
