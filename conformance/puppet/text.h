/*
 * Numbers of the kernel as the words that people and scenarios use: errors, signals, statuses, siginfo.
 *
 * Here: a line of output that is put together piece by piece, and the names.
 * Not here: who a pid is (conductor.h knows the actors).
 */
#ifndef TEXT_H
#define TEXT_H

#include "sys.h"

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
static void put_escaped(struct text *out, const char *piece)
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
