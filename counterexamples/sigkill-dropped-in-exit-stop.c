/*
 * sigkill-dropped-in-exit-stop
 *
 * SIGKILL while a tracee is in its exit stop, after which nothing but its tracer lets it go.
 *
 * Start:
 *         INIT setsid()
 *         INIT fork P
 * Steps, with rest between them:
 *     1  INIT ptrace(ATTACH, P)
 *     2  INIT wait4(P, __WALL)
 *     3  INIT ptrace(SETOPTIONS, P, 0, O_TRACEEXIT)
 *     4  INIT ptrace(CONT, P, 0, SIGTERM)
 *     5  INIT kill(P, SIGKILL)
 *     6  INIT ptrace(CONT, P, 0, 0)
 *     7  INIT wait4(P, __WALL)
 *
 * Expected by the spec under the profile linux.
 * Build and run (x86-64, as root or with user namespaces):
 *
 *     gcc -fno-stack-protector -o reproduce FILE.c && ./reproduce
 *
 * Exit status: 0 as expected, 1 not as expected, 3 not possible here. A call that hangs is named.
 * Made by zombieproof.
 */

static const char *const script[] = {
	"begin scenario",
	"actor 0 INIT 0",
	"actor 1 P 0",
	"start",
	"step -2 0 pid call 112 # setsid()",
	"step -1 0 pid clone 1 17 # fork P",
	"step 0 0 number call 101 16 @1 0 0 # ptrace(ATTACH, P)",
	"step 1 0 status call 61 @1 &status 1073741824 0 # wait4(P, __WALL)",
	"step 2 0 number call 101 16896 @1 0 64 # ptrace(SETOPTIONS, P, 0, O_TRACEEXIT)",
	"step 3 0 number call 101 7 @1 0 15 # ptrace(CONT, P, 0, SIGTERM)",
	"step 4 0 number call 62 @1 9 # kill(P, SIGKILL)",
	"step 5 0 number call 101 7 @1 0 0 # ptrace(CONT, P, 0, 0)",
	"step 6 0 status call 61 @1 &status 1073741824 0 # wait4(P, __WALL)",
	"end",
};

/* After which step, which of several alternatives, and a line that must be seen then. */
static const struct {
	int step, alternative;
	const char *line;
} expectations[] = {
	{0, 0, "INIT ptrace(ATTACH, P) = 0"},
	{0, 0, "INIT live"},
	{0, 0, "P t"},
	{1, 0, "INIT wait4(P, __WALL) = P stopped SIGSTOP"},
	{1, 0, "INIT live"},
	{1, 0, "P t"},
	{2, 0, "INIT ptrace(SETOPTIONS, P, 0, O_TRACEEXIT) = 0"},
	{2, 0, "INIT live"},
	{2, 0, "P t"},
	{3, 0, "INIT ptrace(CONT, P, 0, SIGTERM) = 0"},
	{3, 0, "INIT live"},
	{3, 0, "P t"},
	{4, 0, "INIT kill(P, SIGKILL) = 0"},
	{4, 0, "INIT live"},
	{4, 0, "P t"},
	{5, 0, "INIT ptrace(CONT, P, 0, 0) = 0"},
	{5, 0, "INIT live"},
	{5, 0, "P Z"},
	{6, 0, "INIT wait4(P, __WALL) = P killed SIGTERM"},
	{6, 0, "INIT live"},
	{6, 0, "P gone"},
};

static const int expects_all = 1;

/* ---- from here on the same for every scenario ---- */

/*
 * One scenario, told to people: what was seen, what was expected, and whether they agree.
 *
 * The program that includes this has the tables `script` and `expectations`, and says in `expects_all` whether
 * what is not expected must not happen. Exit status: 0 as expected, 1 not, 3 not possible here.
 */
#ifndef REPRODUCE_H
#define REPRODUCE_H

/*
 * Before the first scenario: what does this kernel let us see and do?
 */
#ifndef PREPARE_H
#define PREPARE_H

/*
 * The script: one line for each thing to do, as PROTOCOL.md describes it.
 *
 * Whoever writes scripts knows names and constants; here are numbers, slots, and pids that are looked up when
 * a step is taken, in the namespace of its actor.
 */
#ifndef SCRIPT_H
#define SCRIPT_H

/*
 * The conductor: stays outside, starts pid 1 of a fresh PID namespace for each scenario, hands out commands one
 * at a time, lets the kernel come to rest after each, and reports what can be seen then.
 *
 * Here: the actors and their names, commands, settling, results as text, cleaning up.
 * Not here: where the script comes from and what becomes of the reports: the files with a main() say that by
 * defining the `report_…` functions below.
 */
#ifndef CONDUCTOR_H
#define CONDUCTOR_H

/*
 * What a puppet runs: sleep on the own mailbox, do one system call, store what came of it, sleep again.
 *
 * An idle puppet is in an interruptible sleep (FUTEX_WAIT), so that signals, stops and ptrace-stops happen at
 * once, between commands as well as in calls.
 */
#ifndef ACTOR_H
#define ACTOR_H

/*
 * The memory that the conductor and all puppets share, and nothing else connects them.
 *
 * One MAP_SHARED file without a name, descriptor SHARED_FD in every puppet, at SHARED_AT in every one: threads,
 * vfork children, other PID namespaces and new images after execve all reach it, and a puppet that dies closes
 * nothing that somebody else waits for. Every actor has a slot with its mailbox, its buffers, its log of signals
 * and its stack; no stack is ever freed, so nobody has to join anybody.
 */
#ifndef SHARED_H
#define SHARED_H

/*
 * What the puppet needs of the kernel: raw system calls, and the few numbers and layouts it uses itself.
 *
 * There is no C library in this program: a puppet may not touch thread-local storage, buffers or locks that
 * a library keeps behind its back. Layouts are those of the kernel's own interface.
 */
#ifndef SYS_H
#define SYS_H

#ifndef __x86_64__
#error "The puppet speaks to x86-64 kernels only: port sys.h and actor.h to this machine first."
#endif

#include <asm/unistd.h>
#include <stdarg.h>

typedef unsigned char u8;
typedef unsigned int u32;
typedef unsigned long u64;

static inline long sys6(long nr, long a, long b, long c, long d, long e, long f)
{
	long result;
	register long r10 __asm__("r10") = d;
	register long r8 __asm__("r8") = e;
	register long r9 __asm__("r9") = f;
	__asm__ volatile("syscall"
			 : "=a"(result)
			 : "a"(nr), "D"(a), "S"(b), "d"(c), "r"(r10), "r"(r8), "r"(r9)
			 : "rcx", "r11", "memory");
	return result;
}

#define sys0(nr) sys6(nr, 0, 0, 0, 0, 0, 0)
#define sys1(nr, a) sys6(nr, (long)(a), 0, 0, 0, 0, 0)
#define sys2(nr, a, b) sys6(nr, (long)(a), (long)(b), 0, 0, 0, 0)
#define sys3(nr, a, b, c) sys6(nr, (long)(a), (long)(b), (long)(c), 0, 0, 0)
#define sys4(nr, a, b, c, d) sys6(nr, (long)(a), (long)(b), (long)(c), (long)(d), 0, 0)

#define E_SRCH 3
#define E_INTR 4
#define E_PERM 1
#define MAX_ERRNO 4095

#define O_RDONLY 0
#define O_RDWR 2
#define O_DIRECTORY 0200000
#define O_CLOEXEC 02000000
#define O_PATH 010000000
#define AT_FDCWD -100

#define PROT_READ_WRITE 3
#define MAP_SHARED_FIXED 0x11

#define F_DUPFD_CLOEXEC 1030

#define CLONE_VM 0x00000100
#define CLONE_SETTLS 0x00080000
#define CLONE_PARENT_SETTID 0x00100000
#define CLONE_NEWUSER 0x10000000
#define CLONE_NEWPID 0x20000000

#define FUTEX_WAIT 0
#define FUTEX_WAKE 1

#define PR_SET_PDEATHSIG 1
#define ARCH_SET_FS 0x1002
#define RLIMIT_CORE 4
#define WALL 0x40000000
#define WNOHANG 1

#define SIG_KILL 9
#define SIG_CHLD 17
#define SIG_STOP 19
#define SIG_CONT 18
#define SIG_SETMASK 2
#define SA_SIGINFO 4
#define SA_RESTORER 0x04000000

struct timespec {
	long seconds, nanoseconds;
};

struct sigaction {
	void *handler;
	u64 flags;
	void *restorer;
	u64 mask;
};

/* The fields of a siginfo that kill, tgkill, a child's change of state and a ptrace-stop fill in. */
struct siginfo {
	int signal, error, code, padding;
	int pid, uid, status;
	u8 rest[128 - 28];
};

struct pollfd {
	int fd;
	short events, revents;
};

/* The compiler may call these for copies and initializations. */
void *memset(void *to, int byte, u64 length)
{
	u8 *out = to;
	while (length--)
		*out++ = (u8)byte;
	return to;
}

void *memcpy(void *to, const void *from, u64 length)
{
	u8 *out = to;
	const u8 *in = from;
	while (length--)
		*out++ = *in++;
	return to;
}

static inline int same(const char *a, const char *b)
{
	while (*a && *a == *b)
		a++, b++;
	return *a == *b;
}

static inline u64 length_of(const char *text)
{
	u64 length = 0;
	while (text[length])
		length++;
	return length;
}

/* A decimal number, negative or not, or a hexadecimal one; moves `*text` behind it. */
static inline long number_at(const char **text)
{
	const char *at = *text;
	int negative = *at == '-';
	long value = 0;
	if (negative)
		at++;
	if (at[0] == '0' && at[1] == 'x') {
		for (at += 2;; at++) {
			int digit = *at >= '0' && *at <= '9' ? *at - '0' : *at >= 'a' && *at <= 'f' ? *at - 'a' + 10 : -1;
			if (digit < 0)
				break;
			value = (long)(((u64)value << 4) | (u64)digit);
		}
	} else {
		while (*at >= '0' && *at <= '9')
			value = value * 10 + (*at++ - '0');
	}
	*text = at;
	return negative ? -value : value;
}

#endif


#define SLOTS 40
#define SHARED_FD 100
#define SHARED_AT 0x200000000000ul
#define LOG_LENGTH 32
#define NAME_LENGTH 32

enum kind { KIND_CALL, KIND_CLONE, KIND_EXEC, KIND_SETNS };

/* What a slot's mailbox asks for. */
struct command {
	int kind;
	/* KIND_CLONE: the slot of the child. */
	int child;
	long nr;
	long args[6];
};

struct slot {
	/* %fs:0 of the puppet: how a signal handler finds its slot. */
	struct slot *self;
	/* Number of the last command put in, taken out, and completed. `go` is a futex. */
	u32 go, picked, done;
	struct command command;
	long result;
	/* The pid that the parent got, in the parent's namespace: written by CLONE_PARENT_SETTID. */
	int parents_tid;
	/* The own pid, in the own namespace; and the pids in the namespace of the conductor, from /proc. */
	int tid, outer_tgid, outer_tid;
	/* How often a puppet has come up in this slot: at birth, and after each execve. */
	u32 up;
	/* Buffers that the calls write to and read from. */
	int status;
	long word;
	u64 set;
	struct siginfo info;
	struct timespec zero;
	struct sigaction action;
	struct pollfd poll;
	char path[64];
	char *argv[5];
	char slot_number[8];
	/* Handlers that ran. */
	u32 logged;
	struct siginfo log[LOG_LENGTH];
	u8 stack[24576] __attribute__((aligned(4096)));
};

struct common {
	/* A futex that puppets bump and wake when they have done something. */
	u32 changes;
	char program[512];
	struct slot slots[SLOTS];
};

#define shared ((struct common *)SHARED_AT)

static inline void *map_shared(int fd)
{
	return (void *)sys6(__NR_mmap, (long)SHARED_AT, sizeof(struct common), PROT_READ_WRITE, MAP_SHARED_FIXED, fd, 0);
}

#endif


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

/*
 * Looking at actors from outside, through /proc: their states, and whether the kernel has come to rest.
 *
 * The open directory /proc/TGID/task/TID of an actor stands for that very task, as a pidfd does: once it is
 * reaped every read fails, whoever gets its number next. It serves threads too, on every kernel with a /proc.
 *
 * State S is no proof of sleep: a waiter looks asleep while it reaps. Linux says "running" in `syscall` unless
 * the task was really switched out, and counts in `schedstat` how often it was switched in.
 */
#ifndef WATCH_H
#define WATCH_H

/*
 * Numbers of the kernel as the words that people and scenarios use: errors, signals, statuses, siginfo.
 *
 * Here: a line of output that is put together piece by piece, and the names.
 * Not here: who a pid is (conductor.h knows the actors).
 */
#ifndef TEXT_H
#define TEXT_H


struct text {
	u64 length;
	char characters[4096];
};

static void put(struct text *out, const char *piece)
{
	while (*piece && out->length < sizeof out->characters - 1)
		out->characters[out->length++] = *piece++;
	out->characters[out->length] = 0;
}

static void put_number(struct text *out, long number)
{
	char digits[24];
	int at = sizeof digits - 1;
	u64 rest = number < 0 ? -(u64)number : (u64)number;
	digits[at] = 0;
	do
		digits[--at] = (char)('0' + rest % 10);
	while (rest /= 10);
	if (number < 0)
		digits[--at] = '-';
	put(out, digits + at);
}

/* A piece inside a JSON string. */
__attribute__((unused)) static void put_escaped(struct text *out, const char *piece)
{
	for (; *piece; piece++) {
		char one[3] = {*piece, 0, 0};
		if (*piece == '"' || *piece == '\\') {
			one[0] = '\\';
			one[1] = *piece;
		}
		put(out, (u8)*piece < ' ' ? " " : one);
	}
}

struct name {
	int number;
	const char *name;
};

#define NAMED(table, number) name_in(table, sizeof(table) / sizeof((table)[0]), number)

static const char *name_in(const struct name *table, u64 size, int number)
{
	for (u64 i = 0; i < size; i++)
		if (table[i].number == number)
			return table[i].name;
	return 0;
}

static const struct name errors[] = {
	{1, "EPERM"},	{2, "ENOENT"},	{3, "ESRCH"},	{4, "EINTR"},	{5, "EIO"},	{7, "E2BIG"},	  {8, "ENOEXEC"},
	{9, "EBADF"},	{10, "ECHILD"}, {11, "EAGAIN"}, {12, "ENOMEM"}, {13, "EACCES"}, {14, "EFAULT"},	  {16, "EBUSY"},
	{17, "EEXIST"}, {20, "ENOTDIR"}, {22, "EINVAL"}, {23, "ENFILE"}, {24, "EMFILE"}, {25, "ENOTTY"},  {28, "ENOSPC"},
	{38, "ENOSYS"}, {75, "EOVERFLOW"}, {87, "EUSERS"}, {95, "ENOTSUP"},
};

static const struct name signals[] = {
	{1, "SIGHUP"},	  {2, "SIGINT"},   {3, "SIGQUIT"},    {4, "SIGILL"},	{5, "SIGTRAP"},	  {6, "SIGABRT"},
	{7, "SIGBUS"},	  {8, "SIGFPE"},   {9, "SIGKILL"},    {10, "SIGUSR1"},	{11, "SIGSEGV"},  {12, "SIGUSR2"},
	{13, "SIGPIPE"},  {14, "SIGALRM"}, {15, "SIGTERM"},   {16, "SIGSTKFLT"}, {17, "SIGCHLD"}, {18, "SIGCONT"},
	{19, "SIGSTOP"},  {20, "SIGTSTP"}, {21, "SIGTTIN"},   {22, "SIGTTOU"},	{23, "SIGURG"},	  {24, "SIGXCPU"},
	{25, "SIGXFSZ"},  {26, "SIGVTALRM"}, {27, "SIGPROF"}, {28, "SIGWINCH"}, {29, "SIGIO"},	  {30, "SIGPWR"},
	{31, "SIGSYS"},
};

static const struct name trace_events[] = {
	{1, "FORK"}, {2, "VFORK"}, {3, "CLONE"}, {4, "EXEC"}, {5, "VFORK_DONE"}, {6, "EXIT"}, {7, "SECCOMP"}, {128, "STOP"},
};

static const struct name child_codes[] = {
	{1, "CLD_EXITED"}, {2, "CLD_KILLED"}, {3, "CLD_DUMPED"}, {4, "CLD_TRAPPED"}, {5, "CLD_STOPPED"}, {6, "CLD_CONTINUED"},
};

/* Signals whose positive codes say something else than how a child fares. */
static int is_fault(int signal)
{
	return signal == 4 || signal == 5 || signal == 7 || signal == 8 || signal == 11 || signal == 29 || signal == 31;
}

static void put_error(struct text *out, long error)
{
	const char *name = NAMED(errors, (int)error);
	put(out, name ? name : "errno ");
	if (!name)
		put_number(out, error);
}

/* SIGCHLD; SIGTRAP event EXIT; signal127. */
static void put_signal(struct text *out, int number)
{
	const char *name = NAMED(signals, number & 0xff), *event = NAMED(trace_events, number >> 8);
	put(out, name ? name : "signal");
	if (!name)
		put_number(out, number & 0xff);
	if (number >> 8) {
		put(out, " event ");
		if (event)
			put(out, event);
		else
			put_number(out, number >> 8);
	}
}

/* What wait4 stored: exited 3; killed SIGTERM; stopped SIGTRAP event FORK; continued. */
static void put_status(struct text *out, int status)
{
	if (status == 0xffff) {
		put(out, "continued");
	} else if ((status & 0xff) == 0x7f) {
		put(out, "stopped ");
		put_signal(out, (status >> 8) & 0xffff);
	} else if ((status & 0x7f) == 0) {
		put(out, "exited ");
		put_number(out, (status >> 8) & 0xff);
	} else {
		put(out, "killed ");
		put_signal(out, status & 0x7f);
		if (status & 0x80)
			put(out, " core dumped");
	}
}

/* CLD_EXITED, and what si_status says with it. */
static void put_child_code(struct text *out, int code)
{
	const char *name = NAMED(child_codes, code);
	put(out, name ? name : "code ");
	if (!name)
		put_number(out, code);
}

static void put_child_status(struct text *out, int code, int status)
{
	if (code == 1)
		put_number(out, status);
	else
		put_signal(out, status);
}

#endif


#define NO_CALL -1
#define NR_RESTART __NR_restart_syscall

struct watch {
	int directory, stat, syscall, schedstat;
	/* The ids that the directory was opened for. */
	int tgid, tid;
	/* The state letter of /proc; 0 not known yet, 'G' gone. */
	char state;
	/* Has it begun to exit (PF_EXITING), where the kernel tells? */
	int exiting;
	/* Is it off the processor, and in which system call? */
	int switched_out;
	long nr;
	u64 runs;
};

static struct watch watches[SLOTS];
/* Does this kernel tell the system call of a task? If not, only time tells whether it rests. */
static int kernel_tells_calls;

/* Descriptors of the conductor stay clear of those that puppets inherit and number. */
static int high(long fd)
{
	int moved;
	if (fd < 0 || fd >= 200)
		return (int)fd;
	moved = (int)sys3(__NR_fcntl, fd, F_DUPFD_CLOEXEC, 200);
	sys1(__NR_close, fd);
	return moved;
}

static void close_watch(struct watch *watch)
{
	if (watch->directory > 0)
		sys1(__NR_close, watch->directory);
	if (watch->stat > 0)
		sys1(__NR_close, watch->stat);
	if (watch->syscall > 0)
		sys1(__NR_close, watch->syscall);
	if (watch->schedstat > 0)
		sys1(__NR_close, watch->schedstat);
	memset(watch, 0, sizeof *watch);
}

static int open_in(int directory, const char *name)
{
	return high(sys4(__NR_openat, directory, name, O_RDONLY | O_CLOEXEC, 0));
}

static void open_watch(struct watch *watch, int tgid, int tid)
{
	struct text path = {0};
	close_watch(watch);
	put(&path, "/proc/");
	put_number(&path, tgid);
	put(&path, "/task/");
	put_number(&path, tid);
	watch->tgid = tgid;
	watch->tid = tid;
	watch->directory = high(sys4(__NR_openat, AT_FDCWD, path.characters, O_PATH | O_DIRECTORY | O_CLOEXEC, 0));
	if (watch->directory < 0) {
		watch->state = 'G';
		return;
	}
	if (kernel_tells_calls) {
		watch->stat = open_in(watch->directory, "stat");
		watch->syscall = open_in(watch->directory, "syscall");
		watch->schedstat = open_in(watch->directory, "schedstat");
	}
}

static long read_again(int fd, char *into, u64 size)
{
	long length = sys4(__NR_pread64, fd, into, size - 1, 0);
	into[length > 0 ? length : 0] = 0;
	return length;
}

/*
 * The line of `stat`; 0 or less if the task is gone. On Linux an open file stands for the task; gVisor's stands
 * for an object that may get other ids in execve, so there it is looked up by its ids each time.
 */
static long read_stat(const struct watch *watch, char *line, u64 size)
{
	struct text path = {0};
	long fd, length;
	if (kernel_tells_calls)
		return watch->stat < 0 ? -1 : read_again(watch->stat, line, size);
	put(&path, "/proc/");
	put_number(&path, watch->tgid);
	put(&path, "/task/");
	put_number(&path, watch->tid);
	put(&path, "/stat");
	fd = sys3(__NR_open, path.characters, O_RDONLY | O_CLOEXEC, 0);
	if (fd < 0)
		return fd;
	length = read_again((int)fd, line, size);
	sys1(__NR_close, fd);
	return length;
}

/* Looks once more. */
static void look(struct watch *watch)
{
	char line[512];
	const char *at = line, *behind = 0;
	if (watch->state == 'G' || watch->directory <= 0)
		return;
	if (read_stat(watch, line, sizeof line) <= 0) {
		watch->state = 'G';
		return;
	}
	/* The name of the program may have anything in it: the state stands behind the last bracket. */
	for (; *at; at++)
		if (*at == ')')
			behind = at;
	watch->state = behind && behind[1] ? behind[2] : '?';
	if (watch->state == 'X') {
		watch->state = 'G';
		return;
	}
	if (!kernel_tells_calls)
		return;
	/* The state and five more fields between spaces, then the flags. */
	for (int spaces = 0; behind && *behind; behind++)
		if (*behind == ' ' && ++spaces == 7)
			break;
	if (behind && *behind == ' ') {
		behind++;
		watch->exiting = (number_at(&behind) & 4) != 0;
	}
	watch->nr = NO_CALL;
	watch->switched_out = 0;
	if (read_again(watch->syscall, line, sizeof line) > 0 && !(line[0] == 'r' && line[1] == 'u')) {
		at = line;
		watch->switched_out = 1;
		watch->nr = number_at(&at);
	}
	if (read_again(watch->schedstat, line, sizeof line) > 0) {
		at = line;
		for (int field = 0; field < 2 && *at; field++) {
			number_at(&at);
			while (*at == ' ')
				at++;
		}
		watch->runs = (u64)number_at(&at);
	}
}

static int is_dead(const struct watch *watch)
{
	return watch->state == 'G' || watch->state == 'Z';
}

static int is_stopped(const struct watch *watch)
{
	return watch->state == 'T' || watch->state == 't';
}

/* The words for states: on and off the processor is the same to us. */
static const char *state_word(const struct watch *watch)
{
	switch (watch->state) {
	case 0:
	case '?':
		return "?";
	case 'G':
		return "gone";
	case 'Z':
		return "Z";
	case 'T':
		return "T";
	case 't':
		return "t";
	default:
		return "live";
	}
}

#endif


#define SPACES 16
#define TEXT_LENGTH 160

/* How a result is put into words. */
enum format {
	AS_NOTHING, /* the call does not return: exit */
	AS_NUMBER,
	AS_PID,
	AS_STATUS,  /* wait4: whose, and `status` */
	AS_INFO,    /* waitid: `info` */
	AS_SIGINFO, /* `info` of a signal */
	AS_VALUE,   /* `word` */
	AS_MESSAGE, /* PTRACE_GETEVENTMSG: `word` */
	AS_SET,     /* `set` of signals */
	AS_POLL,    /* `poll` */
};

struct actor {
	char name[NAME_LENGTH];
	/* The PID namespace it is born into, and its pid in each namespace; 0 is unknown. */
	int space;
	int pids[SPACES];
	/* Who created it, and by which claim it has its pids: the later claim wins. */
	int creator, is_thread;
	u32 claim, seen_up, seen_logged;
	/* The last command: its step, its words, the format of its result, and whom it asks about. */
	int step, format, about;
	char call[TEXT_LENGTH];
	int pending;
	/* The ptrace event that it last reported to a wait. */
	int last_event;
	/* The state that was last seen. */
	const char *state;
};

static struct actor actors[SLOTS];
static int space_parents[SPACES];
static u32 claims;
static int init_pid;
/* Microseconds of quiet after a success, and after a call that is blocked; and how long to wait for quiet at all. */
static long quiet_short, quiet_long;
static const long settle_limit = 5000000;
static int use_user_namespace;

/* How the files with main() hear of things; `after` is the number of the step, negative before the first. */
static void report_event(int after, const char *actor, const char *call, const char *result);
static void report_skipped(int after, const char *actor, const char *call, const char *why);
static void report_states(int after);
static void report_unsettled(int after);

static long now(void)
{
	struct timespec time;
	sys2(__NR_clock_gettime, 1, &time);
	return time.seconds * 1000000 + time.nanoseconds / 1000;
}

/* Sleeps until a puppet has done something, or for so many microseconds. */
static void doze(u32 seen, long microseconds)
{
	struct timespec time = {microseconds / 1000000, microseconds % 1000000 * 1000};
	sys4(__NR_futex, &shared->changes, FUTEX_WAIT, seen, &time);
}

/* ---- who is who ---- */

static int exists(int slot)
{
	return actors[slot].name[0] != 0;
}

/* Has it been created: has a clone given it a pid? */
static int is_created(int slot)
{
	return exists(slot) && (shared->slots[slot].parents_tid != 0 || shared->slots[slot].up != 0);
}

static int is_up(int slot)
{
	return exists(slot) && shared->slots[slot].up != 0;
}

/* Who has this pid in this namespace; of several the one who got it last. */
static int who_has(long pid, int space)
{
	int found = -1;
	for (int slot = 0; slot < SLOTS && pid > 0; slot++)
		if (exists(slot) && actors[slot].pids[space] == pid && (found < 0 || actors[slot].claim > actors[found].claim))
			found = slot;
	return found;
}

static void put_who(struct text *out, long pid, int space)
{
	int slot = who_has(pid, space);
	if (slot >= 0)
		put(out, actors[slot].name);
	else
		put_number(out, pid);
}

/* The pids of a task in the namespaces between the conductor's and its own, where the kernel tells them. */
static int read_nspids(int directory, int *pids, int *parent)
{
	char status[2048];
	int count = 0, fd = open_in(directory, "status");
	const char *at = status;
	if (fd < 0)
		return 0;
	read_again(fd, status, sizeof status);
	sys1(__NR_close, fd);
	while (*at) {
		int is_nspid = at[0] == 'N' && at[1] == 'S' && at[2] == 'p' && at[3] == 'i' && at[4] == 'd';
		int is_ppid = at[0] == 'P' && at[1] == 'P' && at[2] == 'i' && at[3] == 'd';
		while (*at && *at != '\n' && *at != ':')
			at++;
		while (*at && *at != '\n') {
			if (*at < '0' || *at > '9') {
				at++;
				continue;
			}
			if (is_nspid && count < SPACES)
				pids[count++] = (int)number_at(&at);
			else if (is_ppid && parent)
				*parent = (int)number_at(&at);
			else
				at++;
		}
		if (*at)
			at++;
	}
	return count;
}

/* The actor has these ids of the conductor's namespace now; whoever had them before has lost them. */
static void claim(int slot, int tgid, int tid)
{
	struct actor *actor = &actors[slot];
	int pids[SPACES], count, space = actor->space;
	for (int other = 0; other < SLOTS; other++)
		if (other != slot && watches[other].tid == tid && watches[other].directory > 0) {
			close_watch(&watches[other]);
			watches[other].state = 'G';
			watches[other].tid = tid;
		}
	open_watch(&watches[slot], tgid, tid);
	actor->claim = ++claims;
	if (watches[slot].directory <= 0)
		return;
	count = read_nspids(watches[slot].directory, pids, 0);
	/* The last is the pid in its own namespace, the first that in the conductor's. */
	for (int i = count - 1; i >= 1 && space >= 0; i--, space = space_parents[space])
		actor->pids[space] = pids[i];
}

/* Takes note of what has become known of an actor: its pids, that it has come up. */
static void acquaint(int slot)
{
	struct actor *actor = &actors[slot];
	const struct slot *mine = &shared->slots[slot];
	if (!exists(slot))
		return;
	if (mine->parents_tid != 0 && actor->claim == 0) {
		actor->claim = ++claims;
		if (actor->creator >= 0)
			actor->pids[actors[actor->creator].space] = mine->parents_tid;
	}
	if (mine->up != actor->seen_up) {
		actor->seen_up = mine->up;
		actor->pids[actor->space] = mine->tid;
		if (mine->outer_tid != 0)
			claim(slot, mine->outer_tgid, mine->outer_tid);
	}
}

struct entry {
	u64 inode, offset;
	unsigned short length;
	u8 type;
	char name[];
};

/*
 * A child that a tracer holds at birth runs no instruction of its own, so it cannot tell its ids: it is the one
 * task under its creator that nobody else is.
 */
static void find_held(int slot)
{
	struct actor *actor = &actors[slot];
	const struct watch *creator = &watches[actor->creator < 0 ? 0 : actor->creator];
	struct text path = {0};
	u8 entries[4096];
	long length;
	int directory, depth = 1;
	put(&path, "/proc");
	if (actor->is_thread) {
		put(&path, "/");
		put_number(&path, creator->tgid);
		put(&path, "/task");
	}
	for (int space = actors[actor->creator < 0 ? 0 : actor->creator].space; space > 0; space = space_parents[space])
		depth++;
	directory = high(sys4(__NR_openat, AT_FDCWD, path.characters, O_RDONLY | O_DIRECTORY | O_CLOEXEC, 0));
	if (directory < 0)
		return;
	while ((length = sys3(__NR_getdents64, directory, entries, sizeof entries)) > 0) {
		for (long at = 0; at < length; at += ((struct entry *)(entries + at))->length) {
			const struct entry *entry = (struct entry *)(entries + at);
			const char *digits = entry->name;
			int pids[SPACES] = {0}, parent = 0, known = 0, one, count;
			int tid = (int)number_at(&digits);
			if (tid <= 0 || *digits)
				continue;
			for (int other = 0; other < SLOTS; other++)
				known |= watches[other].tid == tid;
			if (known || (one = high(sys4(__NR_openat, directory, entry->name, O_PATH | O_DIRECTORY | O_CLOEXEC, 0))) < 0)
				continue;
			count = read_nspids(one, pids, &parent);
			sys1(__NR_close, one);
			if (count > 0 && (count <= depth || pids[depth] != shared->slots[slot].parents_tid))
				continue;
			if (!actor->is_thread && parent != creator->tgid)
				continue;
			claim(slot, actor->is_thread ? creator->tgid : tid, tid);
			sys1(__NR_close, directory);
			return;
		}
	}
	sys1(__NR_close, directory);
}

/* ---- coming to rest ---- */

struct sight {
	char state;
	int switched_out;
	long nr;
	u64 runs;
	u32 done, picked, logged, up;
	int parents_tid;
};

/* The system call that a resting actor must be in. */
static long expected_call(const struct slot *slot)
{
	if (slot->picked == slot->done)
		return __NR_futex;
	switch (slot->command.kind) {
	case KIND_CLONE:
		return __NR_clone;
	case KIND_EXEC:
		return __NR_execve;
	case KIND_SETNS:
		return __NR_setns;
	default:
		return slot->command.nr;
	}
}

static int rests(int slot)
{
	const struct slot *mine = &shared->slots[slot];
	const struct watch *watch = &watches[slot];
	if (!is_created(slot))
		return 1;
	if (watch->directory <= 0 && watch->state != 'G')
		/* Not come up yet, or nobody can look at it. */
		return is_up(slot) && mine->go == mine->picked;
	if (is_dead(watch))
		return 1;
	if (watch->state == 'R')
		return 0;
	if (is_stopped(watch))
		return !kernel_tells_calls || watch->switched_out;
	if (!is_up(slot) || mine->go != mine->picked)
		return 0;
	if (!kernel_tells_calls)
		return 1;
	return watch->switched_out && (watch->nr == expected_call(mine) || watch->nr == NR_RESTART);
}

/* Looks at everybody; does everybody rest? */
static int look_around(struct sight *sights)
{
	int all_rest = 1;
	for (int slot = 0; slot < SLOTS; slot++) {
		const struct slot *mine = &shared->slots[slot];
		const struct watch *watch = &watches[slot];
		if (!is_created(slot))
			continue;
		acquaint(slot);
		look(&watches[slot]);
		all_rest &= rests(slot);
		sights[slot] = (struct sight){watch->state, watch->switched_out, watch->nr,	  watch->runs,	   mine->done,
					      mine->picked, mine->logged,	 mine->up, mine->parents_tid};
	}
	return all_rest;
}

static int equal_sights(const struct sight *a, const struct sight *b)
{
	for (int slot = 0; slot < SLOTS; slot++)
		if (a[slot].state != b[slot].state || a[slot].switched_out != b[slot].switched_out || a[slot].nr != b[slot].nr ||
		    a[slot].runs != b[slot].runs || a[slot].done != b[slot].done || a[slot].picked != b[slot].picked ||
		    a[slot].logged != b[slot].logged || a[slot].up != b[slot].up || a[slot].parents_tid != b[slot].parents_tid)
			return 0;
	return 1;
}

/* Somebody who has been created and has neither come up nor been found in a stop, nor died. */
static int unborn(void)
{
	for (int slot = 0; slot < SLOTS; slot++)
		if (is_created(slot) && !is_up(slot) && watches[slot].directory <= 0 && watches[slot].state != 'G')
			return slot;
	return -1;
}

static int somebody_exits(void)
{
	for (int slot = 0; slot < SLOTS; slot++)
		if (exists(slot) && watches[slot].exiting && !is_dead(&watches[slot]))
			return 1;
	return 0;
}

/*
 * Waits until the kernel has come to rest after a command to `slot`; 0 if it does not.
 *
 * Rest: everybody sleeps in the system call that he must be in, is stopped or is dead, and for a while nothing
 * changes. Where the kernel tells who was on a processor in between, that nobody was is part of "nothing".
 * The while is short where the command is done, and longer where it is not and could still be.
 */
static int settle(int slot)
{
	static struct sight before[SLOTS], sights[SLOTS];
	long start = now(), unchanged_since = start;
	const struct slot *mine = &shared->slots[slot];
	memset(before, 0, sizeof before);
	for (;;) {
		u32 seen = __atomic_load_n(&shared->changes, __ATOMIC_SEQ_CST);
		long time, quiet;
		int nobody = unborn(), rest;
		memset(sights, 0, sizeof sights);
		rest = look_around(sights);
		time = now();
		if (nobody >= 0 && time - start > quiet_long)
			find_held(nobody);
		if (!equal_sights(before, sights) || (!rest && nobody < 0)) {
			memcpy(before, sights, sizeof before);
			unchanged_since = time;
		}
		quiet = mine->done == mine->go || is_dead(&watches[slot]) ? quiet_short : quiet_long;
		/* Pid 1 sleeps in exit until its namespace is empty, which the kernel brings about bit by bit. */
		if (somebody_exits())
			quiet = 8 * quiet_long;
		/* Somebody who cannot be seen anywhere: pid 1 is always waited for. */
		if (nobody >= 0)
			quiet = nobody == 0 ? settle_limit : 40 * quiet_long;
		if ((rest || nobody >= 0) && time - unchanged_since >= quiet)
			return 1;
		if (time - start > settle_limit)
			return 0;
		doze(seen, kernel_tells_calls ? quiet_short / 3 + 1 : 1000);
	}
}

/* ---- results ---- */

static void put_siginfo(struct text *out, const struct siginfo *info, int space)
{
	put_signal(out, info->signal & 0xff);
	put(out, " ");
	if (info->code == 0 || info->code == -6) {
		put(out, info->code == 0 ? "SI_USER from " : "SI_TKILL from ");
		put_who(out, info->pid, space);
	} else if (info->code == 0x80) {
		put(out, "SI_KERNEL");
	} else if (!is_fault(info->signal) && info->code >= 1 && info->code <= 6) {
		put_child_code(out, info->code);
		put(out, " ");
		put_who(out, info->pid, space);
		put(out, " ");
		put_child_status(out, info->code, info->status);
	} else if (info->signal == 5 && info->code >> 8) {
		put(out, "event ");
		put(out, NAMED(trace_events, info->code >> 8) ? NAMED(trace_events, info->code >> 8) : "?");
	} else {
		put(out, "code ");
		put_number(out, info->code);
	}
}

static void note_event(long pid, int space, int code)
{
	int slot = who_has(pid, space);
	if (slot >= 0)
		actors[slot].last_event = code >> 8;
}

static void put_signals(struct text *out, u64 set)
{
	int first = 1;
	for (int signal = 1; signal <= 64; signal++)
		if (set >> (signal - 1) & 1) {
			if (!first)
				put(out, " ");
			put_signal(out, signal);
			first = 0;
		}
	if (first)
		put(out, "none");
}

static void put_result(struct text *out, int slot)
{
	const struct slot *mine = &shared->slots[slot];
	const struct actor *actor = &actors[slot];
	int space = actor->space, about;
	if (mine->result < 0 && mine->result >= -MAX_ERRNO) {
		put_error(out, -mine->result);
		return;
	}
	switch (actor->format) {
	case AS_PID:
		put_who(out, mine->result, space);
		break;
	case AS_STATUS:
		if (mine->result == 0) {
			put(out, "0");
			break;
		}
		put_who(out, mine->result, space);
		put(out, " ");
		put_status(out, mine->status);
		if ((mine->status & 0xff) == 0x7f)
			note_event(mine->result, space, (mine->status >> 8) & 0xffff);
		break;
	case AS_INFO:
		if (mine->info.pid == 0) {
			put(out, "0");
			break;
		}
		put_who(out, mine->info.pid, space);
		put(out, " ");
		put_child_code(out, mine->info.code);
		put(out, " ");
		put_child_status(out, mine->info.code, mine->info.status);
		if (mine->info.code == 4)
			note_event(mine->info.pid, space, mine->info.status);
		break;
	case AS_SIGINFO:
		put_siginfo(out, &mine->info, space);
		break;
	case AS_VALUE:
		put(out, "value ");
		put_number(out, (int)mine->word);
		break;
	case AS_MESSAGE:
		about = actor->about;
		put(out, "msg ");
		if (about >= 0 && actors[about].last_event == 6)
			put_number(out, mine->word);
		else
			put_who(out, mine->word, space);
		break;
	case AS_SET:
		put_signals(out, mine->set);
		break;
	case AS_POLL:
		if (mine->result == 0) {
			put(out, "0");
			break;
		}
		put(out, mine->poll.revents & 1 ? "POLLIN" : "");
		put(out, (mine->poll.revents & 0x11) == 0x11 ? "|" : "");
		put(out, mine->poll.revents & 0x10 ? "POLLHUP" : "");
		break;
	default:
		put_number(out, mine->result);
	}
}

static void report_all_states(int after)
{
	for (int each = 0; each < SLOTS; each++)
		actors[each].state = is_created(each) ? state_word(&watches[each]) : 0;
	report_states(after);
}

/* Reports what has happened since the last report: results, the runs of handlers, states. */
static void report(int after, int slot)
{
	/* The own result first, then handlers, then calls of others that have returned meanwhile. */
	for (int turn = 0; turn < 2; turn++) {
		for (int each = 0; each < SLOTS; each++) {
			struct text result = {0};
			struct actor *actor = &actors[each];
			if ((each == slot) != (turn == 0) || !exists(each) || !actor->pending)
				continue;
			if (shared->slots[each].done == shared->slots[each].go) {
				actor->pending = 0;
				put_result(&result, each);
				report_event(after, actor->name, actor->call, result.characters);
			} else if (turn == 0 && actor->format != AS_NOTHING && !is_dead(&watches[each])) {
				report_event(after, actor->name, actor->call, "no return yet");
			}
		}
		for (int each = 0; turn == 0 && each < SLOTS; each++) {
			struct actor *actor = &actors[each];
			u32 logged = shared->slots[each].logged;
			for (; exists(each) && actor->seen_logged < logged && actor->seen_logged < LOG_LENGTH; actor->seen_logged++) {
				struct text result = {0};
				put_siginfo(&result, &shared->slots[each].log[actor->seen_logged], actor->space);
				report_event(after, actor->name, "signal handler", result.characters);
			}
		}
	}
	report_all_states(after);
}

/* ---- the course of a scenario ---- */

static const char *fresh_memory(void)
{
	long fd = sys2(__NR_memfd_create, "puppets", 0);
	if (fd < 0)
		return "memfd_create";
	sys2(__NR_dup2, fd, SHARED_FD);
	sys1(__NR_close, fd);
	if (sys2(__NR_ftruncate, SHARED_FD, sizeof(struct common)) < 0)
		return "ftruncate";
	if (map_shared(SHARED_FD) != shared)
		return "mmap";
	if (sys3(__NR_readlink, "/proc/self/exe", shared->program, sizeof shared->program - 1) < 0)
		memcpy(shared->program, "/puppet", 8);
	return 0;
}

static void write_file(const char *path, const char *content)
{
	long fd = sys3(__NR_open, path, 1, 0);
	sys3(__NR_write, fd, content, length_of(content));
	sys1(__NR_close, fd);
}

/* Without root: a user namespace, in which the user is root, allows to make PID namespaces. */
static long become_root(void)
{
	long uid = sys0(__NR_getuid), gid = sys0(__NR_getgid), error = sys1(__NR_unshare, CLONE_NEWUSER);
	struct text users = {0}, groups = {0};
	if (error < 0)
		return error;
	put(&users, "0 ");
	put_number(&users, uid);
	put(&users, " 1");
	put(&groups, "0 ");
	put_number(&groups, gid);
	put(&groups, " 1");
	write_file("/proc/self/setgroups", "deny");
	write_file("/proc/self/uid_map", users.characters);
	write_file("/proc/self/gid_map", groups.characters);
	use_user_namespace = 1;
	return 0;
}

static void forget_everything(void)
{
	for (int slot = 0; slot < SLOTS; slot++) {
		close_watch(&watches[slot]);
		memset(&actors[slot], 0, sizeof actors[slot]);
		actors[slot].creator = -1;
	}
	for (int space = 0; space < SPACES; space++)
		space_parents[space] = -1;
	claims = 0;
	init_pid = 0;
}

static void add_actor(int slot, const char *name, int space)
{
	u64 length = length_of(name);
	actors[slot].space = space;
	memcpy(actors[slot].name, name, length < NAME_LENGTH ? length : NAME_LENGTH - 1);
}

/* Starts pid 1; a negative error if the kernel refuses. */
static long start_init(void)
{
	long pid = clone_into(0, CLONE_NEWPID | SIG_CHLD);
	if (pid < 0)
		return pid;
	init_pid = (int)pid;
	settle(0);
	return 0;
}

/* Puts a command into the mailbox of `slot`, unless it is dead or busy; `step` and `call` are for the report. */
static void do_step(int step, int slot, const struct command *command, int format, int about, const char *call)
{
	struct actor *actor = &actors[slot];
	struct slot *mine = &shared->slots[slot];
	u64 length = length_of(call);
	look(&watches[slot]);
	if (!is_created(slot) || is_dead(&watches[slot]) || mine->go != mine->done) {
		report_skipped(step, actor->name, call, !is_created(slot) ? "not born" : is_dead(&watches[slot]) ? "dead" : "busy");
		report_all_states(step);
		return;
	}
	actor->step = step;
	actor->format = format;
	actor->about = about;
	actor->pending = 1;
	memset(actor->call, 0, sizeof actor->call);
	memcpy(actor->call, call, length < TEXT_LENGTH ? length : TEXT_LENGTH - 1);
	mine->command = *command;
	if (command->kind == KIND_CLONE) {
		actors[command->child].creator = slot;
		actors[command->child].is_thread = (command->args[0] & 0x10000) != 0;
	}
	__atomic_add_fetch(&mine->go, 1, __ATOMIC_SEQ_CST);
	sys3(__NR_futex, &mine->go, FUTEX_WAKE, 1);
	if (!settle(slot))
		report_unsettled(step);
	report(step, slot);
}

static int somebody_left(void)
{
	for (int slot = 0; slot < SLOTS; slot++) {
		look(&watches[slot]);
		if (watches[slot].directory > 0 && !is_dead(&watches[slot]))
			return slot;
	}
	return -1;
}

/* Ends everything that the scenario has started; 0 if something is left. */
static int clean_up(void)
{
	long start = now();
	int left, reaped = 0;
	if (init_pid == 0)
		return 1;
	sys2(__NR_kill, init_pid, SIG_KILL);
	for (;;) {
		u32 seen = __atomic_load_n(&shared->changes, __ATOMIC_SEQ_CST);
		if (!reaped)
			reaped = sys4(__NR_wait4, init_pid, 0, WNOHANG | WALL, 0) == init_pid;
		left = somebody_left();
		if (reaped && left < 0)
			return 1;
		/* On Linux the death of pid 1 is the death of all; elsewhere it is made sure. */
		if (reaped)
			sys2(__NR_kill, watches[left].tgid, SIG_KILL);
		if (now() - start > settle_limit)
			return 0;
		doze(seen, 200);
	}
}

#endif


static void report_start(const char *id, long error);
static void report_end(const char *id, int clean);

static char scenario[128];
static int running;

static void skip_spaces(const char **at)
{
	while (**at == ' ')
		(*at)++;
}

/* The next word, cut to `size`. */
static void word_at(const char **at, char *into, u64 size)
{
	u64 length = 0;
	skip_spaces(at);
	for (; **at && **at != ' '; (*at)++)
		if (length < size - 1)
			into[length++] = **at;
	into[length] = 0;
}

static long next_number(const char **at)
{
	skip_spaces(at);
	return number_at(at);
}

static int starts_with(const char *text, const char *start)
{
	while (*start && *text == *start)
		text++, start++;
	return *start == 0;
}

static const struct name formats[] = {
	{AS_NOTHING, "none"}, {AS_NUMBER, "number"}, {AS_PID, "pid"},	      {AS_STATUS, "status"}, {AS_INFO, "info"},
	{AS_SIGINFO, "siginfo"}, {AS_VALUE, "value"}, {AS_MESSAGE, "message"}, {AS_SET, "set"},	      {AS_POLL, "poll"},
};

static int format_named(const char *name)
{
	for (u64 i = 0; i < sizeof formats / sizeof formats[0]; i++)
		if (starts_with(name, formats[i].name))
			return formats[i].number;
	return AS_NUMBER;
}

/* An address in the slot, with what stands there before the call. */
static long buffer(struct slot *mine, const char *at)
{
	if (same(at, "&status")) {
		mine->status = 0;
		return (long)&mine->status;
	}
	if (same(at, "&info")) {
		memset(&mine->info, 0, sizeof mine->info);
		return (long)&mine->info;
	}
	if (same(at, "&word")) {
		mine->word = 0;
		return (long)&mine->word;
	}
	if (same(at, "&zero"))
		return (long)&mine->zero;
	if (starts_with(at, "&set")) {
		at += 4;
		mine->set = 0;
		if (*at++ == ':')
			mine->set = (u64)number_at(&at);
		return (long)&mine->set;
	}
	if (starts_with(at, "&poll:")) {
		at += 6;
		mine->poll.fd = (int)number_at(&at);
		at++;
		mine->poll.events = (short)number_at(&at);
		mine->poll.revents = 0;
		return (long)&mine->poll;
	}
	/* &action:dfl:FLAGS, &action:ign:FLAGS, &action:handler:FLAGS */
	at += 8;
	mine->action = (struct sigaction){0, SA_RESTORER | SA_SIGINFO, (void *)restore_signal, 0};
	if (*at == 'i')
		mine->action.handler = (void *)1;
	if (*at == 'h')
		mine->action.handler = (void *)on_signal;
	while (*at && *at != ':')
		at++;
	if (*at++ == ':')
		mine->action.flags |= (u64)number_at(&at);
	return (long)&mine->action;
}

/* One argument; 0 in `known` if it is the pid of somebody who has none here. */
static long argument(int slot, const char *word, int *known)
{
	int negative = word[0] == '-' && word[1] == '@';
	if (word[0] == '&')
		return buffer(&shared->slots[slot], word);
	if (word[0] == '@' || negative) {
		const char *at = word + 1 + negative;
		int pid = actors[number_at(&at) % SLOTS].pids[actors[slot].space];
		*known &= pid != 0;
		return negative ? -pid : pid;
	}
	return number_at(&word);
}

/* step INDEX SLOT FORMAT KIND … # CALL */
static void step_line(const char *at)
{
	struct command command = {0};
	char word[64], format[32];
	const char *call = at, *about = format;
	int step, slot, known = 1, asks_about = -1;
	step = (int)next_number(&at);
	slot = (int)next_number(&at) % SLOTS;
	word_at(&at, format, sizeof format);
	word_at(&at, word, sizeof word);
	while (*call && !(call[0] == '#' && call[1] == ' '))
		call++;
	if (*call)
		call += 2;
	while (*about && *about != ':')
		about++;
	if (*about++)
		asks_about = (int)number_at(&about) % SLOTS;
	if (same(word, "clone")) {
		command.kind = KIND_CLONE;
		command.child = (int)next_number(&at) % SLOTS;
		command.args[0] = next_number(&at);
	} else if (same(word, "exec")) {
		struct slot *mine = &shared->slots[slot];
		struct text number = {0};
		put_number(&number, slot);
		memcpy(mine->slot_number, number.characters, number.length + 1);
		command.kind = KIND_EXEC;
		mine->argv[0] = shared->program;
		mine->argv[1] = "--slot";
		mine->argv[2] = mine->slot_number;
		mine->argv[3] = 0;
	} else if (same(word, "setns")) {
		int whose = (int)next_number(&at) % SLOTS;
		struct text path = {0};
		put(&path, "/proc/");
		put_number(&path, watches[whose].tgid);
		put(&path, "/ns/pid");
		command.kind = KIND_SETNS;
		memcpy(shared->slots[slot].path, path.characters, path.length + 1);
	} else {
		command.kind = KIND_CALL;
		command.nr = next_number(&at);
		for (int i = 0; i < 6; i++) {
			word_at(&at, word, sizeof word);
			if (word[0] == 0 || word[0] == '#')
				break;
			command.args[i] = argument(slot, word, &known);
		}
	}
	if (known) {
		do_step(step, slot, &command, format_named(format), asks_about, call);
	} else {
		report_skipped(step, actors[slot].name, call, "somebody it names has no pid here");
		report_all_states(step);
	}
}

/* begin ID … end; between them space, actor, start and step lines. */
static void run_line(const char *line)
{
	const char *at = line;
	char word[NAME_LENGTH];
	word_at(&at, word, sizeof word);
	if (same(word, "begin")) {
		skip_spaces(&at);
		memset(scenario, 0, sizeof scenario);
		memcpy(scenario, at, length_of(at) < sizeof scenario ? length_of(at) : sizeof scenario - 1);
		forget_everything();
		running = 0;
	} else if (same(word, "quiet")) {
		quiet_short = next_number(&at);
		quiet_long = next_number(&at);
	} else if (same(word, "space")) {
		long space = next_number(&at);
		space_parents[space % SPACES] = (int)next_number(&at) % SPACES;
	} else if (same(word, "actor")) {
		int slot = (int)next_number(&at) % SLOTS;
		word_at(&at, word, sizeof word);
		add_actor(slot, word, (int)next_number(&at) % SPACES);
	} else if (same(word, "start")) {
		long error = 0;
		if (fresh_memory())
			error = -38;
		else
			error = start_init();
		running = error == 0;
		report_start(scenario, error);
	} else if (same(word, "step")) {
		if (running)
			step_line(at);
	} else if (same(word, "end")) {
		report_end(scenario, clean_up());
		running = 0;
	}
}

#endif


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
__attribute__((unused)) static long try_ptrace(void)
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


#define LINES 96

struct seen_line {
	char text[TEXT_LENGTH + 64];
	int is_state;
};

static struct seen_line seen_lines[LINES];
static int seen_count, first_wrong = -1;
static const char *refused;

static void print(const char *piece)
{
	sys3(__NR_write, 1, piece, length_of(piece));
}

static void print_step(int step)
{
	struct text line = {0};
	put_number(&line, step + 1);
	put(&line, " ");
	print(line.characters);
}

static void note(const char *actor, const char *call, const char *result, int is_state)
{
	struct text line = {0};
	if (seen_count >= LINES)
		return;
	put(&line, actor);
	put(&line, " ");
	put(&line, call);
	if (!is_state) {
		put(&line, " = ");
		put(&line, result);
	}
	memcpy(seen_lines[seen_count].text, line.characters, line.length < TEXT_LENGTH + 63 ? line.length + 1 : TEXT_LENGTH + 63);
	seen_lines[seen_count++].is_state = is_state;
}

static int was_seen(const char *line)
{
	for (int i = 0; i < seen_count; i++)
		if (same(seen_lines[i].text, line))
			return 1;
	return 0;
}

static int is_expected(int step, int alternative, const char *line)
{
	for (u64 i = 0; i < sizeof expectations / sizeof expectations[0]; i++)
		if (expectations[i].step == step && expectations[i].alternative == alternative && same(expectations[i].line, line))
			return 1;
	return 0;
}

/* Does this alternative of what may be seen after the step agree with what was? 2 if there is none of this number. */
static int agrees(int step, int alternative)
{
	int exists_one = 0;
	for (u64 i = 0; i < sizeof expectations / sizeof expectations[0]; i++) {
		if (expectations[i].step != step || expectations[i].alternative != alternative)
			continue;
		exists_one = 1;
		/* Nothing at all is expected to be said. */
		if (!expectations[i].line[0])
			continue;
		if (!was_seen(expectations[i].line))
			return 0;
	}
	for (int i = 0; exists_one && expects_all && i < seen_count; i++)
		if (!seen_lines[i].is_state && !is_expected(step, alternative, seen_lines[i].text))
			return 0;
	return exists_one ? 1 : 2;
}

static void print_expected(int step)
{
	for (int alternative = 0, last; alternative < 16; alternative++) {
		int first = 1;
		for (u64 i = 0; i < sizeof expectations / sizeof expectations[0]; i++) {
			if (expectations[i].step != step || expectations[i].alternative != alternative)
				continue;
			last = !expectations[i].line[0];
			print(first ? (alternative ? "      or        " : "      expected  ") : "; ");
			print(last ? "nothing returns" : expectations[i].line);
			first = 0;
		}
		if (!first)
			print("\n");
	}
}

/* Calls that were to return and have not. */
static void print_hangs(int step)
{
	for (int each = 0; each < SLOTS; each++) {
		struct text prefix = {0};
		if (!exists(each) || !actors[each].pending || is_dead(&watches[each]))
			continue;
		put(&prefix, actors[each].name);
		put(&prefix, " ");
		put(&prefix, actors[each].call);
		put(&prefix, " = ");
		for (u64 i = 0; i < sizeof expectations / sizeof expectations[0]; i++) {
			const char *line = expectations[i].line;
			if (expectations[i].step != step || !starts_with(line, prefix.characters) ||
			    same(line + prefix.length, "no return yet"))
				continue;
			print("      HANG      ");
			print(actors[each].name);
			print(" does not return from ");
			print(actors[each].call);
			print("\n");
			break;
		}
	}
}

static void report_event(int after, const char *actor, const char *call, const char *result)
{
	if (after < 0)
		return;
	if (expects_all && same(call, "signal handler")) {
		/* Which signal, not what it tells. */
		struct text first = {0};
		for (const char *at = result; *at && *at != ' '; at++) {
			char one[2] = {*at, 0};
			put(&first, one);
		}
		note(actor, "handler", first.characters, 0);
	} else {
		note(actor, call, result, 0);
	}
	print("      saw       ");
	print(actor);
	print(" ");
	print(call);
	print(" = ");
	print(result);
	print("\n");
}

static void report_skipped(int after, const char *actor, const char *call, const char *why)
{
	(void)after;
	(void)call;
	print("      skipped   ");
	print(actor);
	print(": ");
	print(why);
	print("\n");
}

static void report_unsettled(int after)
{
	(void)after;
	print("      the kernel does not come to rest\n");
}

static void report_states(int after)
{
	int alternative, verdict = 0;
	if (after < 0)
		return;
	print("      states    ");
	for (int each = 0; each < SLOTS; each++) {
		if (!actors[each].state)
			continue;
		print(each ? ", " : "");
		print(actors[each].name);
		print(" ");
		print(actors[each].state);
		note(actors[each].name, actors[each].state, "", 1);
	}
	print("\n");
	for (alternative = 0; (verdict = agrees(after, alternative)) == 0; alternative++)
		;
	/* None agrees, and there was one. */
	if (verdict == 2 && alternative > 0) {
		print_expected(after);
		print_hangs(after);
		if (first_wrong < 0)
			first_wrong = after;
	}
	seen_count = 0;
}

static void report_start(const char *id, long error)
{
	static struct text name;
	(void)id;
	if (error == 0)
		return;
	put_error(&name, -error);
	refused = name.characters;
}

static void report_end(const char *id, int clean)
{
	(void)id;
	if (!clean)
		print("some processes could not be ended\n");
}

static int program(int argc, char **argv)
{
	static char names[6][65];
	struct text last = {0};
	long error = prepare();
	(void)argc;
	(void)argv;
	/* More time than a busy machine needs: a call that is blocked for so long hangs. */
	quiet_short = 20000;
	quiet_long = 1000000;
	sys1(__NR_uname, names);
	print(names[0]);
	print(" ");
	print(names[2]);
	print("\n");
	if (error < 0) {
		put(&last, "not possible here: no PID namespace: ");
		put_error(&last, -error);
		put(&last, "\n");
		print(last.characters);
		return 3;
	}
	/* Whatever happens, the program ends. */
	sys1(__NR_alarm, 60 + 6 * (sizeof script / sizeof script[0]));
	for (u64 i = 0; i < sizeof script / sizeof script[0]; i++) {
		const char *at = script[i];
		if (starts_with(at, "step ") && at[5] != '-' && !refused) {
			const char *call = at, *number = at + 5;
			while (*call && !(call[0] == '#' && call[1] == ' '))
				call++;
			print_step((int)number_at(&number));
			skip_spaces(&number);
			print(actors[number_at(&number) % SLOTS].name);
			print(" ");
			print(*call ? call + 2 : "");
			print("\n");
		}
		run_line(script[i]);
	}
	if (refused) {
		print("not possible here: ");
		print(refused);
		print("\n");
		return 3;
	}
	if (first_wrong < 0) {
		print("as expected\n");
		return 0;
	}
	put(&last, "NOT as expected, first after step ");
	put_number(&last, first_wrong + 1);
	put(&last, "\n");
	print(last.characters);
	return 1;
}

int main(int argc, char **argv)
{
	if (argc == 3 && same(argv[1], "--slot")) {
		const char *number = argv[2];
		enter_after_execve((int)number_at(&number) % SLOTS);
	}
	return program(argc, argv);
}

#endif
