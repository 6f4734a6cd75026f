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
