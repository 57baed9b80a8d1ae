/*   next (to begin)         taken (to hand to done)
 *      |                       |
 *   [ done ][ running ][ finished ][ not begun ... ]     window: at most `ahead` jobs between taken and next
 */
#include "core/pool.h"

#include "core/arena.h"

#include <pthread.h>
#include <sched.h>
#include <stdint.h>
#include <stdlib.h>

struct run {
	const struct pool_job *job;
	pthread_mutex_t lock;
	pthread_cond_t changed;
	size_t next, taken;
	bool stopped;
	unsigned char *finished; /* one for each job of the window, at i % ahead */
};

static void *worker(void *arg)
{
	struct run *run = arg;
	const struct pool_job *job = run->job;
	pthread_mutex_lock(&run->lock);
	for (;;) {
		while (!run->stopped && run->next < job->count && run->next - run->taken >= job->ahead)
			pthread_cond_wait(&run->changed, &run->lock);
		if (run->stopped || run->next >= job->count) break;
		size_t i = run->next++;
		pthread_mutex_unlock(&run->lock);
		job->work(job->context, i);
		pthread_mutex_lock(&run->lock);
		run->finished[i % job->ahead] = 1;
		pthread_cond_broadcast(&run->changed);
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
	struct run run = {.job = &job};
	run.finished = memory_grow(NULL, job.ahead);
	for (size_t i = 0; i < job.ahead; i++) run.finished[i] = 0;
	pthread_mutex_init(&run.lock, NULL);
	pthread_cond_init(&run.changed, NULL);
	pthread_t *ids = memory_grow(NULL, sizeof(*ids) * threads);
	unsigned started = 0;
	while (started < threads && pthread_create(&ids[started], NULL, worker, &run) == 0) started++;
	bool good = true;
	if (started == 0) {
		good = alone(&job);
	} else {
		pthread_mutex_lock(&run.lock);
		for (size_t i = 0; i < job.count && good; i++) {
			while (!run.finished[i % job.ahead]) pthread_cond_wait(&run.changed, &run.lock);
			pthread_mutex_unlock(&run.lock);
			good = !job.done || job.done(job.context, i);
			pthread_mutex_lock(&run.lock);
			run.finished[i % job.ahead] = 0;
			run.taken = i + 1;
			if (!good) run.stopped = true;
			pthread_cond_broadcast(&run.changed);
		}
		pthread_mutex_unlock(&run.lock);
	}
	for (unsigned i = 0; i < started; i++) pthread_join(ids[i], NULL);
	pthread_cond_destroy(&run.changed);
	pthread_mutex_destroy(&run.lock);
	free(ids);
	free(run.finished);
	return good;
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
