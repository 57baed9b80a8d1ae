/*   next (to begin)         taken (to hand to done)
 *      |                       |
 *   [ done ][ running ][ finished ][ not begun ... ]     window: at most `ahead` jobs between taken and next
 *
 * Who finishes a job takes what can be taken, if nobody is at it: no thread has to be woken for each job, and what has just been made
 * is still in the processor's cache.
 *
 * Who has no job to begin is a free hand until the last one is taken. Threads for which there was no job are started when a piece first
 * wants one.
 */
#include "core/pool.h"

#include "core/arena.h"

#include <pthread.h>
#include <sched.h>
#include <stdatomic.h>
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

	pthread_t *ids;
	unsigned started, most; /* threads beside the calling one */

	pthread_cond_t wanted;     /* a hand, or none any more */
	unsigned idle, helping;    /* hands: that wait for it; that are at a piece */
	struct pool_piece *pieces; /* not begun, in the order given */
	unsigned piece_count;
	atomic_bool hands; /* enough for one more piece */
};

/* The run whose job is at work on this thread. */
static _Thread_local struct run *at_work;

static void *worker(void *arg);

/* The lock is held when these begin and end. */

static bool is_over(const struct run *run) { return run->stopped || run->taken == run->job->count; }

/* Whether there are enough for one more. Some pieces wait for each hand, so that it has the next one when it has done one. */
static bool count_hands(struct run *run)
{
	enum { WAITING = 2 };
	unsigned hands = run->idle + run->helping + run->most - run->started;
	bool enough = !is_over(run) && WAITING * hands > run->piece_count;
	atomic_store(&run->hands, enough);
	return enough;
}

static bool start(struct run *run)
{
	if (run->started == run->most || pthread_create(&run->ids[run->started], NULL, worker, run) != 0) {
		run->most = run->started;
		return false;
	}
	run->started++;
	return true;
}

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
	if (is_over(run)) pthread_cond_broadcast(&run->wanted);
}

static void begin(struct run *run)
{
	const struct pool_job *job = run->job;
	size_t i = run->next++;
	pthread_mutex_unlock(&run->lock);
	struct run *outer = at_work;
	at_work = run;
	job->work(job->context, i);
	at_work = outer;
	pthread_mutex_lock(&run->lock);
	run->finished[i % job->ahead] = 1;
}

static void wait_for_room(struct run *run)
{
	run->waiting++;
	pthread_cond_wait(&run->room, &run->lock);
	run->waiting--;
}

static void wait_for_piece(struct run *run)
{
	run->idle++;
	count_hands(run);
	pthread_cond_wait(&run->wanted, &run->lock);
	run->idle--;
	count_hands(run);
}

static void do_piece(struct run *run)
{
	struct pool_piece *piece = run->pieces;
	run->pieces = piece->next;
	run->piece_count--;
	run->helping++;
	count_hands(run);
	pthread_mutex_unlock(&run->lock);
	piece->work(piece->context);
	pthread_mutex_lock(&run->lock);
	run->helping--;
	count_hands(run);
}

/* Where the piece is in the list; where it would be, at the end. */
static struct pool_piece **place_of(struct run *run, const struct pool_piece *piece)
{
	struct pool_piece **at = &run->pieces;
	while (*at && *at != piece) at = &(*at)->next;
	return at;
}

/* What is left at the end is taken by those that are still at work. */
static void *worker(void *arg)
{
	struct run *run = arg;
	const struct pool_job *job = run->job;
	pthread_mutex_lock(&run->lock);
	for (;;) {
		if (run->pieces)
			do_piece(run); /* somebody waits for it, also when the run has stopped */
		else if (is_over(run))
			break;
		else if (!run->taking && run->taken < run->next && run->finished[run->taken % job->ahead])
			take(run);
		else if (run->next == job->count)
			wait_for_piece(run);
		else if (run->next - run->taken < job->ahead)
			begin(run);
		else
			wait_for_room(run);
	}
	pthread_mutex_unlock(&run->lock);
	return NULL;
}

bool pool_has_hands(void) { return at_work && atomic_load(&at_work->hands); }

bool pool_give(struct pool_piece *piece)
{
	struct run *run = at_work;
	if (!run) return false;
	pthread_mutex_lock(&run->lock);
	if (!run->idle && run->started < run->most) start(run);
	bool given = count_hands(run);
	if (given) {
		piece->next = NULL;
		*place_of(run, NULL) = piece;
		run->piece_count++;
		count_hands(run);
		pthread_cond_signal(&run->wanted);
	}
	pthread_mutex_unlock(&run->lock);
	return given;
}

bool pool_take_back(struct pool_piece *piece)
{
	struct run *run = at_work;
	if (!run) return false;
	pthread_mutex_lock(&run->lock);
	struct pool_piece **at = place_of(run, piece);
	bool waited = *at != NULL;
	if (waited) {
		*at = piece->next;
		run->piece_count--;
		count_hands(run);
	}
	pthread_mutex_unlock(&run->lock);
	return waited;
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
	if (threads <= 1 || job.count == 0) return alone(&job);
	struct run run = {.job = &job, .good = true, .most = threads - 1};
	run.finished = memory_grow(NULL, job.ahead);
	memset(run.finished, 0, job.ahead);
	pthread_mutex_init(&run.lock, NULL);
	pthread_cond_init(&run.room, NULL);
	pthread_cond_init(&run.wanted, NULL);
	run.ids = memory_grow(NULL, sizeof(*run.ids) * run.most);
	pthread_mutex_lock(&run.lock);
	while (run.started + 1 < job.count && start(&run)) continue;
	count_hands(&run);
	pthread_mutex_unlock(&run.lock);
	worker(&run);
	for (unsigned i = 0; i < run.started; i++) pthread_join(run.ids[i], NULL);
	pthread_cond_destroy(&run.wanted);
	pthread_cond_destroy(&run.room);
	pthread_mutex_destroy(&run.lock);
	free(run.ids);
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
