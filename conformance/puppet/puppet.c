/*
 * zombieproof-puppet: real processes, one system call at a time.
 *
 * Reads a script from standard input, writes one JSON line for each thing that can be seen to standard output.
 * PROTOCOL.md describes both. It needs nothing but a kernel: build it with
 *
 *     gcc -O1 -static -nostdlib -ffreestanding -fno-stack-protector -fno-pie -no-pie -o puppet puppet.c
 */
#include "start.h"

static struct text line;

static void say(void)
{
	u64 written = 0;
	put(&line, "\n");
	while (written < line.length) {
		long more = sys3(__NR_write, 1, line.characters + written, line.length - written);
		if (more == -E_INTR)
			continue;
		/* Nobody listens any more. */
		if (more <= 0) {
			clean_up();
			sys1(__NR_exit_group, 1);
		}
		written += (u64)more;
	}
	line.length = 0;
}

static void field(const char *name, const char *value)
{
	put(&line, line.length == 0 ? "{\"" : ",\"");
	put(&line, name);
	put(&line, "\":\"");
	put_escaped(&line, value);
	put(&line, "\"");
}

static void number_field(const char *name, long value)
{
	put(&line, line.length == 0 ? "{\"" : ",\"");
	put(&line, name);
	put(&line, "\":");
	put_number(&line, value);
}

static void close_line(void)
{
	put(&line, "}");
	say();
}

static void report_event(int after, const char *actor, const char *call, const char *result)
{
	number_field("after", after);
	field("actor", actor);
	field("call", call);
	field("result", result);
	close_line();
}

static void report_skipped(int after, const char *actor, const char *call, const char *why)
{
	number_field("after", after);
	field("actor", actor);
	field("call", call);
	field("skipped", why);
	close_line();
}

static void report_unsettled(int after)
{
	number_field("after", after);
	field("unsettled", "the kernel did not come to rest");
	close_line();
}

static void report_states(int after)
{
	int first = 1;
	number_field("after", after);
	put(&line, ",\"states\":{");
	for (int slot = 0; slot < SLOTS; slot++) {
		if (!actors[slot].state)
			continue;
		put(&line, first ? "\"" : ",\"");
		put(&line, actors[slot].name);
		put(&line, "\":\"");
		put(&line, actors[slot].state);
		put(&line, "\"");
		first = 0;
	}
	put(&line, "}");
	close_line();
}

static long started;

static void report_start(const char *id, long error)
{
	struct text name = {0};
	started = now();
	if (error < 0)
		put_error(&name, -error);
	field("scenario", id);
	if (error < 0)
		field("refused", name.characters);
	close_line();
}

static void report_end(const char *id, int clean)
{
	field("end", id);
	field("left", clean ? "nothing" : "processes that could not be ended");
	number_field("microseconds", now() - started);
	close_line();
}

/* Is there a /proc to see the states of tasks in? The error, or 0. */
static long try_proc(void)
{
	long fd = sys3(__NR_open, "/proc/self/stat", O_RDONLY | O_CLOEXEC, 0);
	if (fd < 0)
		return fd;
	sys1(__NR_close, fd);
	return 0;
}

/* What the kernel says of itself, and what it lets us do. */
static void report_kernel(long no_proc, long no_namespace, long no_ptrace)
{
	static char names[6][65];
	struct text error = {0};
	sys1(__NR_uname, names);
	number_field("puppet", 1);
	field("kernel", names[0]);
	field("release", names[2]);
	field("version", names[3]);
	field("machine", names[4]);
	field("settling", kernel_tells_calls ? "by /proc" : "by time");
	if (no_proc < 0)
		put_error(&error, -no_proc);
	field("proc", no_proc < 0 ? error.characters : "yes");
	error.length = 0;
	if (no_namespace < 0)
		put_error(&error, -no_namespace);
	field("namespaces", no_namespace < 0 ? error.characters : use_user_namespace ? "as user" : "as root");
	error.length = 0;
	if (no_ptrace < 0)
		put_error(&error, -no_ptrace);
	field("ptrace", no_ptrace == DEADLY ? "who asks is killed" : no_ptrace < 0 ? error.characters : "yes");
	close_line();
}

/* The next line of standard input, without its end; 0 at the end of it all. */
static int next_line(char *into, u64 size)
{
	static char pool[65536];
	static long filled, at;
	u64 length = 0;
	for (;;) {
		if (at == filled) {
			filled = sys3(__NR_read, 0, pool, sizeof pool);
			at = 0;
			if (filled == -E_INTR) {
				filled = 0;
				continue;
			}
			if (filled <= 0)
				return length > 0;
		}
		if (pool[at++] == '\n') {
			into[length] = 0;
			return 1;
		}
		if (length < size - 1)
			into[length++] = pool[at - 1];
		into[length] = 0;
	}
}

static int program(int argc, char **argv)
{
	static char script_line[1024];
	long no_namespace = prepare();
	(void)argc;
	(void)argv;
	report_kernel(try_proc(), no_namespace, no_namespace < 0 ? 0 : try_ptrace());
	while (next_line(script_line, sizeof script_line))
		run_line(script_line);
	return 0;
}
