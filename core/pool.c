/*   next (to begin)         taken (to hand to done)
 *      |                       |
 *   [ done ][ running ][ finished ][ not begun ... ]     window: at most `ahead` jobs between taken and next
 *
 * Who finishes a job takes what can be taken, if nobody is at it: no thread has to be woken for each job, and what has just been made
 * is still in the processor's cache.
 */
#include "core/pool.h"

#include "core/arena.h"

#include <pthread.h>
#include <sched.h>
#include <stdint.h>
#include <stdlib.h>
#include <string.h>

struct run {
	const struct pool_job *job;
	pthread_mutex_t lock;
	pthread_cond_t room; /* in the window */
	size_t next, taken;
	unsigned waiting; /* for room */
	bool taking, stopped, good;
	unsigned char *finished; /* one for each job of the window, at i % ahead */
};

/* The lock is held when these begin and end. */

static void take(struct run *run)
{
	const struct pool_job *job = run->job;
	bool good = true;
	if (job->done) {
		run->taking = true;
		pthread_mutex_unlock(&run->lock);
		good = job->done(job->context, run->taken);
		pthread_mutex_lock(&run->lock);
		run->taking = false;
	}
	run->finished[run->taken++ % job->ahead] = 0;
	if (!good) {
		run->stopped = true;
		run->good = false;
	}
	if (run->waiting) pthread_cond_broadcast(&run->room);
}

static void begin(struct run *run)
{
	const struct pool_job *job = run->job;
	size_t i = run->next++;
	pthread_mutex_unlock(&run->lock);
	job->work(job->context, i);
	pthread_mutex_lock(&run->lock);
	run->finished[i % job->ahead] = 1;
}

static void wait_for_room(struct run *run)
{
	run->waiting++;
	pthread_cond_wait(&run->room, &run->lock);
	run->waiting--;
}

/* When there is nothing more to begin, what is left is taken by those that are still at work. */
static void *worker(void *arg)
{
	struct run *run = arg;
	const struct pool_job *job = run->job;
	pthread_mutex_lock(&run->lock);
	while (!run->stopped) {
		if (!run->taking && run->taken < run->next && run->finished[run->taken % job->ahead])
			take(run);
		else if (run->next == job->count)
			break;
		else if (run->next - run->taken < job->ahead)
			begin(run);
		else
			wait_for_room(run);
	}
	pthread_mutex_unlock(&run->lock);
	return NULL;
}

static bool alone(const struct pool_job *job)
{
	for (size_t i = 0; i < job->count; i++) {
		job->work(job->context, i);
		if (job->done && !job->done(job->context, i)) return false;
	}
	return true;
}

bool pool_run(const struct pool_job *given, unsigned threads)
{
	struct pool_job job = *given;
	if (job.ahead == 0) job.ahead = (size_t)threads * 4 + 4;
	if (threads > job.count) threads = (unsigned)job.count;
	if (threads <= 1) return alone(&job);
	struct run run = {.job = &job, .good = true};
	run.finished = memory_grow(NULL, job.ahead);
	memset(run.finished, 0, job.ahead);
	pthread_mutex_init(&run.lock, NULL);
	pthread_cond_init(&run.room, NULL);
	pthread_t *ids = memory_grow(NULL, sizeof(*ids) * threads);
	unsigned started = 0;
	while (started + 1 < threads && pthread_create(&ids[started], NULL, worker, &run) == 0) started++;
	worker(&run);
	for (unsigned i = 0; i < started; i++) pthread_join(ids[i], NULL);
	pthread_cond_destroy(&run.room);
	pthread_mutex_destroy(&run.lock);
	free(ids);
	free(run.finished);
	return run.good;
}

unsigned pool_processors(void)
{
	cpu_set_t set;
	if (sched_getaffinity(0, sizeof(set), &set) == 0) {
		int n = CPU_COUNT(&set);
		if (n > 0) return (unsigned)n;
	}
	return 1;
}
