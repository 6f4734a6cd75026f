/*
 * The script: one line for each thing to do, as PROTOCOL.md describes it.
 *
 * Whoever writes scripts knows names and constants; here are numbers, slots, and pids that are looked up when
 * a step is taken, in the namespace of its actor.
 */
#ifndef SCRIPT_H
#define SCRIPT_H

#include "conductor.h"

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
