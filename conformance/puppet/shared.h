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

#include "sys.h"

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
