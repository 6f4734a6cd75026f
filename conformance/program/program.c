/* ---- Taking turns. All of them share one memory, even after an execve. ---- */

struct actor {
	/* The step that it is told to take (a futex), and the last one that it has finished. */
	int go, done;
	/* How often it has come up: at its birth, and after each execve. */
	int up;
	/* Its pid in each PID namespace, and when it came by it: the last one who has come by a pid has it. */
	int pids[SPACES], since;
	/* TGID/task/TID, by which /proc knows it. */
	char where[40];
	/* What its last call has returned. */
	char result[96];
	/* For CLONE_CHILD_SETTID and CLONE_CHILD_CLEARTID. */
	int tid;
	/* only: handlers */
	/* What its signal handler was told. */
	int logged;
	siginfo_t log[16];
	/* end */
};

#define SHARED_FD 100
static struct shared {
	int arrivals;
	char program[256];
	struct actor actors[ACTORS];
	char stacks[ACTORS][65536] __attribute__((aligned(4096)));
} *const shared = (void *)0x200000000000;

/* An error is a negative number here: errno of the C library would be one for all threads. */
static long kernel(long number, long a, long b, long c, long d, long e, long f)
{
	long result;
	register long r10 __asm__("r10") = d, r8 __asm__("r8") = e, r9 __asm__("r9") = f;
	__asm__ volatile("syscall" : "=a"(result)
			 : "a"(number), "D"(a), "S"(b), "d"(c), "r"(r10), "r"(r8), "r"(r9) : "rcx", "r11", "memory");
	return result;
}

/* only: execve */
static int executes_as;

/* end */
/* Who runs this: every actor has a stack of its own, until it executes a program. */
static int self(void)
{
	char here = 0;
	unsigned long stack = (unsigned long)(&here - shared->stacks[0]) / sizeof shared->stacks[0];
	/* only: execve */
	if (stack >= ACTORS)
		return executes_as;
	/* end */
	return (int)stack;
}

static int my_turn(int step)
{
	struct actor *me = &shared->actors[self()];
	int go;
	while ((go = __atomic_load_n(&me->go, __ATOMIC_SEQ_CST)) < step)
		sys(SYS_futex, &me->go, FUTEX_WAIT, go, 0);
	return go == step && me->done != step;
}

static void finish(const char *result)
{
	struct actor *me = &shared->actors[self()];
	if (result != me->result)
		strcpy(me->result, result);
	__atomic_store_n(&me->done, me->go, __ATOMIC_SEQ_CST);
}

static void come_up(void)
{
	struct actor *me = &shared->actors[self()];
	me->pids[space_of[self()]] = (int)sys(SYS_gettid);
	me->since = __atomic_add_fetch(&shared->arrivals, 1, __ATOMIC_SEQ_CST);
	memset(me->where, 0, sizeof me->where);
	sys(SYS_readlink, "/proc/thread-self", me->where, sizeof me->where - 1);
	__atomic_add_fetch(&me->up, 1, __ATOMIC_SEQ_CST);
}

static void act(void)
{
	plays[self()]();
	my_turn(NEVER);
}

static int begin(void *unused)
{
	(void)unused;
	come_up();
	act();
	return 0;
}

/* only: execve */
static long execute(void)
{
	char who[] = {(char)('A' + self()), 0}, *arguments[] = {shared->program, who, 0}, *environment[] = {0};
	return sys(SYS_execve, shared->program, arguments, environment);
}

/* In the new program: the step that led here is finished, and the ones before it are, too. */
static void go_on(int who)
{
	mmap(shared, sizeof *shared, PROT_READ | PROT_WRITE, MAP_SHARED | MAP_FIXED, SHARED_FD, 0);
	executes_as = who;
	come_up();
	finish("0");
	act();
}

/* end */
/* ---- What calls return, in words. ---- */

static const char *words(const char *format, ...)
{
	char *result = shared->actors[self()].result;
	va_list values;
	va_start(values, format);
	vsnprintf(result, sizeof shared->actors[0].result, format, values);
	va_end(values);
	return result;
}

static const char *error_name(long error)
{
#define NAME(error) {error, #error}
	static const struct { int number; const char *name; } errors[] = {
		NAME(EPERM), NAME(ENOENT), NAME(ESRCH), NAME(EINTR), NAME(EIO), NAME(EBADF), NAME(ECHILD), NAME(EAGAIN), NAME(ENOMEM),
		NAME(EACCES), NAME(EFAULT), NAME(EBUSY), NAME(EINVAL), NAME(ENOSPC), NAME(ENOSYS), NAME(EUSERS),
	};
	for (unsigned i = 0; i < sizeof errors / sizeof errors[0]; i++)
		if (errors[i].number == error)
			return errors[i].name;
	return "another error";
}

static const char *number(long result)
{
	return result < 0 ? words("%s", error_name(-result)) : words("%ld", result);
}

/* only: pids */
/* The pid of an actor, for the caller; one that nobody has, if it has none there. */
static int pid(int who)
{
	int found = shared->actors[who].pids[space_of[self()]];
	return found ? found : 4194304;
}

/* end */
/* only: names */
/* Who has this pid in this PID namespace: a name, or the digits. */
static const char *name_of(long pid, int space, char digits[24])
{
	int found = -1;
	for (int i = 0; i < ACTORS; i++)
		if (pid > 0 && shared->actors[i].pids[space] == pid &&
		    (found < 0 || shared->actors[i].since > shared->actors[found].since))
			found = i;
	snprintf(digits, 24, "%ld", pid);
	return found < 0 ? digits : names[found];
}

/* end */
/* only: who */
static const char *who(long result)
{
	char digits[24];
	return result < 0 ? number(result) : words("%s", name_of(result, space_of[self()], digits));
}

/* end */
/* only: signals */
static const char *signal_name(int number)
{
	static const char *const all[] = {
		"signal0", "SIGHUP", "SIGINT", "SIGQUIT", "SIGILL", "SIGTRAP", "SIGABRT", "SIGBUS", "SIGFPE", "SIGKILL", "SIGUSR1",
		"SIGSEGV", "SIGUSR2", "SIGPIPE", "SIGALRM", "SIGTERM", "SIGSTKFLT", "SIGCHLD", "SIGCONT", "SIGSTOP", "SIGTSTP",
		"SIGTTIN", "SIGTTOU", "SIGURG", "SIGXCPU", "SIGXFSZ", "SIGVTALRM", "SIGPROF", "SIGWINCH", "SIGIO", "SIGPWR", "SIGSYS",
	};
	return number >= 0 && number < 32 ? all[number] : number == 127 ? "signal127" : "another signal";
}

/* end */
/* only: changes */
/* The signal of a stop or a death; of a ptrace-stop with what it is for. */
static const char *change(int number, char text[48])
{
	static const char *const events[] = {"", "FORK", "VFORK", "CLONE", "EXEC", "VFORK_DONE", "EXIT", "SECCOMP"};
	int event = number >> 8;
	if (event == 0)
		return signal_name(number);
	snprintf(text, 48, "%s event %s", signal_name(number & 0xff), event == 128 ? "STOP" : event < 8 ? events[event] : "?");
	return text;
}

/* end */
/* only: codes */
static const char *code_name(int code)
{
	static const char *const all[] = {"?", "CLD_EXITED", "CLD_KILLED", "CLD_DUMPED", "CLD_TRAPPED", "CLD_STOPPED", "CLD_CONTINUED"};
	return all[code >= 1 && code <= 6 ? code : 0];
}

/* What happened to a child: CLD_EXITED C 3. */
static const char *put_child(char text[128], const siginfo_t *info, const char *name)
{
	char how[48], status[16];
	snprintf(status, sizeof status, "%d", info->si_status);
	snprintf(text, 128, "%s %s%s%s", code_name(info->si_code), name, *name ? " " : "",
		 info->si_code == CLD_EXITED ? status : change(info->si_status, how));
	return text;
}

/* end */
/* only: siginfo */
/* A signal, and who it is from or what it is about. */
static const char *put_siginfo(char text[160], const siginfo_t *info, int space)
{
	char child[128], digits[24];
	const char *name = name_of(info->si_pid, space, digits), *signal = signal_name(info->si_signo & 0xff);
	if (info->si_signo == SIGTRAP && info->si_code >> 8)
		snprintf(text, 160, "%s", change(info->si_code, child));
	else if (info->si_code == SI_USER || info->si_code == SI_TKILL)
		snprintf(text, 160, "%s %s from %s", signal, info->si_code == SI_USER ? "SI_USER" : "SI_TKILL", name);
	else if (info->si_code == SI_KERNEL)
		snprintf(text, 160, "%s SI_KERNEL", signal);
	else if (info->si_code >= 1 && info->si_code <= 6)
		snprintf(text, 160, "%s %s", signal, put_child(child, info, name));
	else
		snprintf(text, 160, "%s code %d", signal, info->si_code);
	return text;
}

/* end */
/* ---- System calls with something around them. ---- */

/* Pid 1 of a new PID namespace, which everybody else comes from: it has nothing of this process but the memory. */
static int become_init(void *unused)
{
	unsigned long none = 0;
	int nowhere = open("/dev/null", O_RDWR);
	prctl(PR_SET_PDEATHSIG, SIGKILL);
	for (int i = 1; i <= 64; i++)
		signal(i, SIG_DFL);
	sys(SYS_rt_sigprocmask, SIG_SETMASK, &none, 0, 8);
	for (int fd = 0; fd < SHARED_FD; fd++)
		fd < 4 ? dup2(nowhere, fd) : close(fd);
	return begin(unused);
}

static long clone_into(int child, int flags)
{
	struct actor *born = &shared->actors[child];
	int space = space_of[child == 0 ? 0 : self()];
	long pid = clone(child == 0 ? become_init : begin, shared->stacks[child] + sizeof shared->stacks[child],
			 flags | CLONE_PARENT_SETTID, 0, &born->pids[space], 0, &born->tid);
	return pid < 0 ? -errno : pid;
}

/* only: birth */
static const char *birth(int child, int flags)
{
	return who(clone_into(child, flags));
}

/* end */
/* only: wait4 */
static const char *do_wait4(int pid, long options)
{
	char digits[24], how[48];
	int status = 0;
	long found = sys(SYS_wait4, pid, &status, options, 0);
	const char *name = name_of(found, space_of[self()], digits);
	if (found <= 0)
		return number(found);
	if (status == 0xffff)
		return words("%s continued", name);
	if ((status & 0xff) == 0x7f)
		return words("%s stopped %s", name, change(status >> 8, how));
	return WIFEXITED(status) ? words("%s exited %d", name, WEXITSTATUS(status))
				 : words("%s killed %s%s", name, signal_name(status & 0x7f), status & 0x80 ? " core dumped" : "");
}

/* end */
/* only: waitid */
static const char *do_waitid(int type, int id, long options)
{
	siginfo_t info = {0};
	char digits[24], child[128];
	long error = sys(SYS_waitid, type, id, &info, options, 0);
	const char *name = name_of(info.si_pid, space_of[self()], digits);
	return error || info.si_pid == 0 ? number(error) : words("%s %s", name, put_child(child, &info, ""));
}

/* end */
/* only: handlers */
static void on_signal(int signal, siginfo_t *info, void *context)
{
	struct actor *me = &shared->actors[self()];
	int entry = __atomic_fetch_add(&me->logged, 1, __ATOMIC_SEQ_CST);
	(void)signal;
	(void)context;
	me->log[entry < 16 ? entry : 15] = *info;
}

/* end */
/* only: sigaction */
static const char *do_sigaction(int signal, void (*handler)(int, siginfo_t *, void *), int flags)
{
	struct sigaction action = {.sa_sigaction = handler, .sa_flags = flags | SA_SIGINFO};
	return number(sigaction(signal, &action, 0) ? -errno : 0);
}

/* end */
/* only: mask */
static unsigned long set_of(int signal)
{
	return 1ul << (signal - 1);
}

/* end */
/* only: sigmask */
static const char *change_mask(int how, unsigned long set)
{
	return number(sys(SYS_rt_sigprocmask, how, &set, 0, 8));
}

/* end */
/* only: sigpending */
static const char *do_sigpending(void)
{
	unsigned long set = 0;
	char text[96] = "";
	long error = sys(SYS_rt_sigpending, &set, 8);
	for (int signal = 1; signal < 32; signal++)
		if (set >> (signal - 1) & 1)
			snprintf(text + strlen(text), sizeof text - strlen(text), "%s%s", *text ? " " : "", signal_name(signal));
	return error ? number(error) : words("%s", *text ? text : "none");
}

/* end */
/* only: sigtimedwait */
static const char *do_sigtimedwait(unsigned long set)
{
	siginfo_t info = {0};
	struct timespec none = {0};
	char text[160];
	long found = sys(SYS_rt_sigtimedwait, &set, &info, &none, 8);
	return found < 0 ? number(found) : words("%s", put_siginfo(text, &info, space_of[self()]));
}

/* end */
/* only: poll */
static const char *do_poll(int fd)
{
	struct pollfd asked = {.fd = fd, .events = POLLIN};
	long ready = sys(SYS_poll, &asked, 1, 0);
	if (ready <= 0)
		return number(ready);
	return words("%s%s", asked.revents & POLLIN ? "POLLIN" : "",
		     asked.revents & POLLHUP ? asked.revents & POLLIN ? "|POLLHUP" : "POLLHUP" : "");
}

/* end */
/* only: prctl */
static const char *do_prctl_get(int option)
{
	int value = 0;
	long error = sys(SYS_prctl, option, &value);
	return error ? number(error) : words("value %d", value);
}

/* end */
/* only: setns */
static long enter_namespace(int whose)
{
	char path[64];
	long fd, error;
	snprintf(path, sizeof path, "/proc/%d/ns/pid", atoi(shared->actors[whose].where));
	fd = sys(SYS_open, path, O_RDONLY | O_CLOEXEC);
	if (fd < 0)
		return fd;
	error = sys(SYS_setns, fd, CLONE_NEWPID);
	sys(SYS_close, fd);
	return error;
}

/* end */
/* only: getsiginfo */
static const char *do_getsiginfo(int pid)
{
	siginfo_t info = {0};
	char text[160];
	long error = sys(SYS_ptrace, PTRACE_GETSIGINFO, pid, 0, &info);
	return error ? number(error) : words("%s", put_siginfo(text, &info, space_of[self()]));
}

/* end */
/* only: geteventmsg */
/* A status after PTRACE_EVENT_EXIT, a pid after the others. */
static const char *do_geteventmsg(int pid)
{
	siginfo_t info = {0};
	unsigned long message = 0;
	char digits[24];
	long error = sys(SYS_ptrace, PTRACE_GETEVENTMSG, pid, 0, &message);
	sys(SYS_ptrace, PTRACE_GETSIGINFO, pid, 0, &info);
	if (error)
		return number(error);
	if (info.si_code >> 8 == PTRACE_EVENT_EXIT)
		return words("msg %lu", message);
	return words("msg %s", name_of((long)message, space_of[self()], digits));
}

/* end */
/* ---- Outside: who hands out the turns, and looks at /proc. ---- */

struct sight {
	/* Of /proc; 0 for nobody yet, X for gone. */
	char state;
	int up, done, logged;
};
static struct sight seen[ACTORS];
/* What has been seen since the last step: what has returned, and everybody's state. */
static char events[4096], states[1024];

static long now(void)
{
	struct timespec time;
	clock_gettime(CLOCK_MONOTONIC, &time);
	return time.tv_sec * 1000 + time.tv_nsec / 1000000;
}

/* The line of `stat`, from the state on; empty if there is no such task. */
static void read_stat(const char *where, char line[256])
{
	char path[80], text[512];
	const char *behind;
	long fd, length;
	snprintf(path, sizeof path, "/proc/%s/stat", where);
	*line = 0;
	fd = open(path, O_RDONLY | O_CLOEXEC);
	if (fd < 0)
		return;
	length = read((int)fd, text, sizeof text - 1);
	close((int)fd);
	text[length > 0 ? length : 0] = 0;
	behind = strrchr(text, ')');
	if (behind && behind[1])
		snprintf(line, 256, "%s", behind + 2);
}

/* only: held */
/* Who is stopped before he has come up cannot tell where he is: the one task below his creator that is nobody else. */
static void find_held(int who)
{
	struct actor *held = &shared->actors[who];
	int is_thread = threads[who], above = atoi(shared->actors[creators[who]].where);
	char folder[64], line[256];
	struct dirent *entry;
	DIR *open_folder;
	snprintf(folder, sizeof folder, is_thread ? "/proc/%d/task" : "/proc", above);
	open_folder = opendir(folder);
	while (open_folder && (entry = readdir(open_folder))) {
		char where[40];
		int tid = atoi(entry->d_name), taken = 0;
		snprintf(where, sizeof where, "%d/task/%d", is_thread ? above : tid, tid);
		for (int i = 0; i < ACTORS; i++)
			taken |= strcmp(shared->actors[i].where, where) == 0;
		read_stat(where, line);
		if (tid && !taken && *line && (is_thread || atoi(line + 2) == above))
			strcpy(held->where, where);
	}
	if (open_folder)
		closedir(open_folder);
}

/* end */
/* only: nspid */
/* The pids of somebody in the PID namespaces above his own, where the kernel tells them. */
static void learn_pids(int who)
{
	char path[80], line[256], *at = line;
	int ids[SPACES + 1], count = 0;
	FILE *status;
	snprintf(path, sizeof path, "/proc/%s/status", shared->actors[who].where);
	status = fopen(path, "r");
	while (status && fgets(line, sizeof line, status))
		if (strncmp(line, "NSpid:", 6) == 0)
			for (at += 6; count <= SPACES && strpbrk(at, "123456789"); count++)
				ids[count] = (int)strtol(strpbrk(at, "123456789"), &at, 10);
	if (status)
		fclose(status);
	for (int space = space_of[who]; space >= 0 && count > 1; space = spaces_above[space])
		shared->actors[who].pids[space] = ids[--count];
}

/* end */
static int is_created(int who)
{
	const struct actor *actor = &shared->actors[who];
	return actor->up || actor->pids[space_of[who]] || actor->pids[space_of[creators[who]]];
}

/* Has somebody taken his place in /proc by an execve? */
static int is_replaced(int who)
{
	for (int i = 0; i < ACTORS; i++)
		if (shared->actors[i].since > shared->actors[who].since && strcmp(shared->actors[i].where, shared->actors[who].where) == 0)
			return 1;
	return 0;
}

static char state_of(int who)
{
	char line[256];
	if (!is_created(who))
		return 0;
	if (shared->actors[who].where[0] == 0)
		return '?';
	read_stat(shared->actors[who].where, line);
	return *line && !is_replaced(who) ? *line : 'X';
}

/* Looks at everybody; has something changed, or does somebody run? */
static int look(void)
{
	int changed = 0;
	for (int i = 0; i < ACTORS; i++) {
		const struct actor *actor = &shared->actors[i];
		struct sight sight = {.state = state_of(i), .up = actor->up, .done = actor->done};
		/* only: handlers */
		sight.logged = actor->logged;
		/* end */
		/* only: nspid */
		if (actor->where[0] && sight.up != seen[i].up)
			learn_pids(i);
		/* end */
		changed |= sight.state == 'R' || memcmp(&sight, &seen[i], sizeof sight) != 0;
		seen[i] = sight;
	}
	return changed;
}

static int is_dead(int who)
{
	return seen[who].state == 'X' || seen[who].state == 'Z';
}

static int is_busy(int who)
{
	return shared->actors[who].go != shared->actors[who].done;
}

/* So many milliseconds without a change are rest: after a call that has returned, and else. */
enum { QUIET = 50, PATIENCE = 1000, TOO_LONG = 20000 };

static int come_to_rest(int step)
{
	int who = steps[step].actor;
	long start = now(), since = start;
	for (;;) {
		int unborn = 0, answered, changed = look();
		long time = now();
		for (int i = 0; i < ACTORS; i++)
			if (seen[i].state == '?') {
				unborn = 1;
				/* only: held */
				if (time - since > QUIET)
					find_held(i);
				/* end */
			}
		answered = !is_busy(who) || (is_dead(who) && strcmp(steps[step].call, "execve()") != 0);
		if (changed)
			since = time;
		else if (time - since >= (answered && !unborn ? QUIET : PATIENCE))
			return 1;
		if (time - start > TOO_LONG)
			return 0;
		usleep(1000);
	}
}

static void note(const char *actor, const char *call, const char *result)
{
	char line[320];
	snprintf(line, sizeof line, "%s %s = %s", actor, call, result);
	printf("      saw       %s\n", line);
	if (strlen(events) + strlen(line) < sizeof events - 4)
		strcat(strcat(events, *events ? "; " : ""), line);
}

static const char *word_for(char state)
{
	return state == 'X' ? "gone" : state == 'T' ? "T" : state == 't' ? "t" : state == 'Z' ? "Z" : state == '?' ? "?" : "live";
}

/* Which step each is in whose call has not been seen to return. */
static int waits_in[ACTORS];

static void note_result(int who)
{
	if (!waits_in[who] || is_busy(who))
		return;
	note(names[who], steps[waits_in[who] - 1].call, shared->actors[who].result);
	waits_in[who] = 0;
}

static void note_everything(int step)
{
	int who = steps[step].actor;
	*events = *states = 0;
	note_result(who);
	if (waits_in[who] == step + 1 && !is_dead(who) && strncmp(steps[step].call, "exit", 4) != 0)
		note(names[who], steps[step].call, "no return yet");
	/* only: handlers */
	static int told[ACTORS];
	for (int i = 0; i < ACTORS; i++)
		for (; told[i] < shared->actors[i].logged && told[i] < 16; told[i]++) {
			const siginfo_t *info = &shared->actors[i].log[told[i]];
			/* only: handlers in full */
			char text[160];
			note(names[i], "signal handler", put_siginfo(text, info, space_of[i]));
			/* end */
			/* only: handlers in short */
			note(names[i], "handler", signal_name(info->si_signo));
			/* end */
		}
	/* end */
	for (int i = 0; i < ACTORS; i++)
		note_result(i);
	for (int i = 0; i < ACTORS; i++)
		if (seen[i].state)
			sprintf(states + strlen(states), "%s%s %s", *states ? "; " : "", names[i], word_for(seen[i].state));
	printf("      states    %s\n", states);
}

/* Is every line of `some` one of `all`? Lines have "; " between them. */
static int are_among(const char *some, const char *all)
{
	char each[5300], padded[5300];
	snprintf(padded, sizeof padded, "; %s; ", all);
	for (const char *end; *some; some = *end ? end + 2 : end) {
		end = strstr(some, "; ") ? strstr(some, "; ") : some + strlen(some);
		snprintf(each, sizeof each, "; %.*s; ", (int)(end - some), some);
		if (!strstr(padded, each))
			return 0;
	}
	return 1;
}

static int is_as_expected(const char *expected)
{
	char all[sizeof events + sizeof states + 2];
	snprintf(all, sizeof all, "%s%s%s", events, *events ? "; " : "", states);
	return are_among(expected, all) && (!NOTHING_ELSE || are_among(events, expected));
}

/* Was this call under way to return, as one of these has it? */
static int was_to_return(const char *const *expected, const char *actor, const char *call)
{
	char start[320];
	snprintf(start, sizeof start, "%s %s = ", actor, call);
	for (; *expected; expected++) {
		const char *found = strstr(*expected, start);
		if (found && strncmp(found + strlen(start), "no return yet", 13) != 0)
			return 1;
	}
	return 0;
}

static void tell_hangs(const char *const *expected)
{
	for (int i = 0; i < ACTORS; i++)
		if (waits_in[i] && !is_dead(i) && was_to_return(expected, names[i], steps[waits_in[i] - 1].call))
			printf("      HANG      %s does not return from %s\n", names[i], steps[waits_in[i] - 1].call);
}

static int judge(int step)
{
	const char *const *expected = steps[step].expected;
	for (int i = 0; expected[i]; i++)
		if (is_as_expected(expected[i]))
			return 1;
	for (int i = 0; expected[i]; i++)
		printf("      %s  %s\n", i ? "or      " : "expected", *expected[i] ? expected[i] : "nothing returns");
	tell_hangs(expected);
	return !expected[0];
}

/* One step, once it can be taken; is all as expected? */
static int take(int step)
{
	struct actor *actor = &shared->actors[steps[step].actor];
	int who = steps[step].actor, is_judged = step >= START;
	if (is_judged)
		printf("%d %s %s\n", step - START + 1, names[who], steps[step].call);
	if (!seen[who].state || is_dead(who) || is_busy(who)) {
		printf("      skipped   %s is %s\n", names[who], !seen[who].state ? "not born" : is_dead(who) ? "dead" : "busy");
	} else {
		waits_in[who] = step + 1;
		__atomic_store_n(&actor->go, step + 1, __ATOMIC_SEQ_CST);
		syscall(SYS_futex, &actor->go, FUTEX_WAKE, 1, 0);
		if (!come_to_rest(step))
			printf("      the kernel does not come to rest\n");
	}
	if (!is_judged) {
		waits_in[who] = is_busy(who) ? waits_in[who] : 0;
		return 1;
	}
	note_everything(step);
	return judge(step);
}

static void write_file(const char *path, const char *format, long id)
{
	FILE *file = fopen(path, "w");
	if (file) {
		fprintf(file, format, id);
		fclose(file);
	}
}

/* Without root: whoever makes a user namespace is root in it. */
static void become_root(void)
{
	long uid = getuid(), gid = getgid();
	if (unshare(CLONE_NEWUSER))
		return;
	write_file("/proc/self/setgroups", "deny", 0);
	write_file("/proc/self/uid_map", "0 %ld 1", uid);
	write_file("/proc/self/gid_map", "0 %ld 1", gid);
}

/* only: ptrace */
/* May one process trace another here? */
static int may_trace(void)
{
	int status = 1;
	pid_t child = fork();
	if (child == 0)
		_exit(ptrace(PTRACE_TRACEME, 0, 0, 0) ? 1 : 0);
	waitpid(child, &status, 0);
	return status == 0;
}

/* end */
static int not_possible(const char *what, const char *why)
{
	printf("not possible here: %s%s%s\n", what, *why ? ": " : "", why);
	return 3;
}

/* Ends everybody: pid 1 and with it its namespace, and whoever a tracer, or a kernel, keeps all the same. */
static int clean_up(pid_t init)
{
	int reaped = 0, left = 1;
	for (long start = now(); (left || !reaped) && now() - start < 5000; usleep(1000)) {
		kill(init, SIGKILL);
		reaped |= waitpid(init, 0, WNOHANG | __WALL) == init;
		look();
		left = 0;
		for (int i = 0; i < ACTORS; i++)
			if (seen[i].state && !is_dead(i) && atoi(shared->actors[i].where) > 0) {
				kill(atoi(shared->actors[i].where), SIGKILL);
				left = 1;
			}
	}
	return reaped && !left;
}

static void give_up(int signal)
{
	static const char line[] = "NOT as expected: the kernel does not come back to this program\n";
	(void)signal;
	_exit(write(1, line, sizeof line - 1) < 0 ? 2 : 1);
}

int main(int argc, char **argv)
{
	int first_wrong = -1, memory;
	struct utsname kernel_name;
	long init;
	/* only: execve */
	if (argc == 2 && argv[1][0] >= 'A' && argv[1][0] < 'A' + ACTORS)
		go_on(argv[1][0] - 'A');
	/* end */
	(void)argc;
	(void)argv;
	setvbuf(stdout, 0, _IOLBF, 0);
	uname(&kernel_name);
	printf("%s %s\n", kernel_name.sysname, kernel_name.release);
	if (access("/proc/thread-self", F_OK))
		return not_possible("no /proc", strerror(errno));
	/* only: ptrace */
	if (!may_trace())
		return not_possible("no ptrace", "");
	/* end */
	memory = (int)syscall(SYS_memfd_create, "actors", 0);
	if (memory < 0 || dup2(memory, SHARED_FD) < 0 || ftruncate(SHARED_FD, sizeof *shared) ||
	    mmap(shared, sizeof *shared, PROT_READ | PROT_WRITE, MAP_SHARED | MAP_FIXED, SHARED_FD, 0) != (void *)shared)
		return not_possible("no memory to share", strerror(errno));
	/* only: execve */
	if (readlink("/proc/self/exe", shared->program, sizeof shared->program - 1) < 0)
		return not_possible("no /proc/self/exe", strerror(errno));
	/* end */
	/* Whatever happens, this ends; and then pid 1 is killed, by its parent death signal. */
	signal(SIGALRM, give_up);
	alarm(60 + 25 * STEPS);
	setrlimit(RLIMIT_CORE, &(struct rlimit){0, 0});
	init = clone_into(0, CLONE_NEWPID | SIGCHLD);
	if (init == -EPERM) {
		become_root();
		init = clone_into(0, CLONE_NEWPID | SIGCHLD);
	}
	if (init < 0)
		return not_possible("no PID namespace", strerror((int)-init));
	while (look() || seen[0].state == '?')
		usleep(1000);
	for (int step = 0; step < STEPS; step++)
		if (!take(step) && first_wrong < 0)
			first_wrong = step;
	if (!clean_up((pid_t)init))
		printf("some processes could not be ended\n");
	if (first_wrong >= 0)
		printf("NOT as expected, first after step %d\n", first_wrong - START + 1);
	else
		printf("as expected\n");
	return first_wrong >= 0;
}
