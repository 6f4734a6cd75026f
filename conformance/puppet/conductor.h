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

#include "actor.h"
#include "watch.h"

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

static void kill_everybody_left(void)
{
	for (int slot = 0; slot < SLOTS; slot++)
		if (watches[slot].directory > 0 && !is_dead(&watches[slot]))
			sys2(__NR_kill, watches[slot].tgid, SIG_KILL);
}

/* Ends everything that the scenario has started; 0 if something is left. */
static int clean_up(void)
{
	long start = now();
	int reaped = 0;
	if (init_pid == 0)
		return 1;
	sys2(__NR_kill, init_pid, SIG_KILL);
	for (;;) {
		u32 seen = __atomic_load_n(&shared->changes, __ATOMIC_SEQ_CST);
		if (!reaped)
			reaped = sys4(__NR_wait4, init_pid, 0, WNOHANG | WALL, 0) == init_pid;
		if (somebody_left() < 0 && reaped)
			return 1;
		/* Pid 1 may stay in its exit stop until its tracer dies, and elsewhere than on Linux its death is not that of all. */
		kill_everybody_left();
		if (now() - start > settle_limit)
			return 0;
		doze(seen, 200);
	}
}

#endif
