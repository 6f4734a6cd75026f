/*
 * Races between a stop signal, SIGCONT and the births of threads, which no system call can force: tried again and again.
 *
 *     gcc -static -pthread -o stops stops.c && ./stops continue 60 && ./stops births 60
 *
 * continue  a process of three threads is stopped and continued at once; then every thread must run again
 *           (counterexamples: stopped-after-sigcont, ended-stop-holds, sigcont-does-not-continue, stopped-task-cannot-go-on)
 * births    a process that starts threads all the time is stopped; then its parent must be told, and nobody may run
 *           (counterexamples: stop-never-completes, group-stop-neither-completes-nor-ends)
 *
 * Exit status: 0 never seen within so many seconds, 1 seen. More threads and loops than processors make it likelier.
 */
#include <pthread.h>
#include <signal.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/mman.h>
#include <sys/wait.h>
#include <time.h>
#include <unistd.h>

enum { THREADS = 3 };
/* What each thread counts while it runs. */
static volatile unsigned long *counts;

static long now(void)
{
	struct timespec time;
	clock_gettime(CLOCK_MONOTONIC, &time);
	return time.tv_sec * 1000 + time.tv_nsec / 1000000;
}

static void *count(void *which)
{
	for (;;)
		if (++counts[(long)which] % 64 == 0)
			usleep(1);
	return 0;
}

static void *end_at_once(void *unused)
{
	return unused;
}

static void run_threads(void)
{
	pthread_t thread;
	for (long i = 1; i < THREADS; i++)
		pthread_create(&thread, 0, count, (void *)i);
	count(0);
}

static void give_birth(void)
{
	for (;;) {
		pthread_t thread;
		if (pthread_create(&thread, 0, end_at_once, 0) == 0)
			pthread_join(thread, 0);
		counts[0]++;
	}
}

/* Does this thread count on within two seconds? */
static int goes_on(int which)
{
	unsigned long before = counts[which];
	for (long start = now(); now() - start < 2000; usleep(500))
		if (counts[which] != before)
			return 1;
	return 0;
}

static int all_go_on(void)
{
	for (int i = 0; i < THREADS; i++)
		if (!goes_on(i)) {
			printf("thread %d of %d does not run after SIGCONT\n", i + 1, THREADS);
			return 0;
		}
	return 1;
}

static int is_told(pid_t child)
{
	int status;
	for (long start = now(); now() - start < 2000; usleep(200))
		if (waitpid(child, &status, WUNTRACED | WNOHANG) == child)
			return WIFSTOPPED(status);
	printf("the parent is not told of the stop\n");
	return 0;
}

int main(int argc, char **argv)
{
	int births = argc > 1 && strcmp(argv[1], "births") == 0, fine = 1;
	long seconds = argc > 2 ? atol(argv[2]) : 60, start, tries = 0;
	pid_t child;
	setvbuf(stdout, 0, _IOLBF, 0);
	counts = mmap(0, 4096, PROT_READ | PROT_WRITE, MAP_SHARED | MAP_ANONYMOUS, -1, 0);
	child = fork();
	if (child == 0) {
		if (births)
			give_birth();
		run_threads();
	}
	usleep(100000);
	for (start = now(); fine && now() - start < 1000 * seconds; tries++) {
		kill(child, SIGSTOP);
		if (births) {
			unsigned long before;
			fine = is_told(child);
			before = counts[0];
			usleep(2000);
			if (fine && counts[0] != before)
				printf("a thread of the stopped process runs\n"), fine = 0;
			kill(child, SIGCONT);
		} else {
			usleep((useconds_t)(rand() % 300));
			kill(child, SIGCONT);
			fine = all_go_on();
		}
	}
	kill(child, SIGKILL);
	waitpid(child, 0, 0);
	printf("%s: %s after %ld tries in %.1f s\n", births ? "births" : "continue", fine ? "not seen" : "SEEN", tries, (double)(now() - start) / 1000);
	return !fine;
}
