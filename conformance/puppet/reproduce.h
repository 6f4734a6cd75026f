/*
 * One scenario, told to people: what was seen, what was expected, and whether they agree.
 *
 * The program that includes this has the tables `script` and `expectations`, and says in `expects_all` whether
 * what is not expected must not happen. Exit status: 0 as expected, 1 not, 3 not possible here.
 */
#ifndef REPRODUCE_H
#define REPRODUCE_H

#include "prepare.h"

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
