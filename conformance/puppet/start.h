/*
 * Where the program begins: without a C library, on the stack that the kernel has made.
 */
#ifndef START_H
#define START_H

#include "prepare.h"

static int program(int argc, char **argv);

__asm__(".text\n"
	".globl _start\n"
	"_start:\n"
	"	xorl %ebp, %ebp\n"
	"	movq %rsp, %rdi\n"
	"	andq $-16, %rsp\n"
	"	call start\n");

__attribute__((used)) void start(long *stack)
{
	int argc = (int)stack[0];
	char **argv = (char **)(stack + 1);
	if (argc == 3 && same(argv[1], "--slot")) {
		const char *number = argv[2];
		enter_after_execve((int)number_at(&number) % SLOTS);
	}
	sys1(__NR_exit_group, program(argc, argv));
}

#endif
