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

#include "shared.h"
#include "text.h"

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
