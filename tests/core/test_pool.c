#include "core/pool.h"
#include "tests/check.h"

#include <pthread.h>
#include <stdatomic.h>
#include <stdint.h>
#include <stdlib.h>
#include <time.h>

enum { MOST = 4000 };

struct trial {
	atomic_uint begun[MOST], finished[MOST]; /* how often */
	atomic_size_t running_ahead;             /* begun, not yet taken */
	atomic_size_t most_ahead;
	atomic_size_t highest; /* job begun, + 1 */
	size_t taken[MOST], taken_count;
	bool work_came_first;
	size_t stop_at; /* SIZE_MAX: never */
	bool slow_done, slow_work;
};

static void nap(long microseconds) { nanosleep(&(struct timespec){0, microseconds * 1000}, NULL); }

static void raise_to(atomic_size_t *most, size_t value)
{
	size_t old = atomic_load(most);
	while (old < value && !atomic_compare_exchange_weak(most, &old, value)) {
	}
}

static void work(void *context, size_t i)
{
	struct trial *t = context;
	atomic_fetch_add(&t->begun[i], 1);
	raise_to(&t->highest, i + 1);
	raise_to(&t->most_ahead, atomic_fetch_add(&t->running_ahead, 1) + 1);
	if (t->slow_work) nap((long)(i * 7919 % 5) * 100);
	atomic_fetch_add(&t->finished[i], 1);
}

static bool done(void *context, size_t i)
{
	struct trial *t = context;
	t->work_came_first &= atomic_load(&t->finished[i]) == 1;
	t->taken[t->taken_count++] = i;
	if (t->slow_done) nap(300);
	atomic_fetch_sub(&t->running_ahead, 1);
	return i != t->stop_at;
}

static struct trial *trial(void)
{
	struct trial *t = calloc(1, sizeof(*t));
	if (!t) abort();
	t->work_came_first = true;
	t->stop_at = SIZE_MAX;
	return t;
}

static bool in_order(const struct trial *t, size_t n)
{
	bool good = t->taken_count == n;
	for (size_t i = 0; i < t->taken_count && good; i++) good = t->taken[i] == i;
	return good;
}

static bool each_once(const struct trial *t, size_t n)
{
	bool good = true;
	for (size_t i = 0; i < MOST && good; i++)
		good = atomic_load(&t->begun[i]) == (i < n) && atomic_load(&t->finished[i]) == (i < n);
	return good;
}

static void check_order(unsigned threads, size_t count, size_t ahead)
{
	struct trial *t = trial();
	t->slow_work = count < 500;
	bool good = pool_run(&(struct pool_job){t, work, done, count, ahead}, threads);
	CHECK(good && in_order(t, count) && t->work_came_first && each_once(t, count),
	      "%zu jobs on %u threads, %zu ahead: each is done once, and taken in order after its work", count, threads,
	      ahead);
	free(t);
}

static void check_stop(unsigned threads, size_t ahead)
{
	struct trial *t = trial();
	t->stop_at = 50;
	bool good = pool_run(&(struct pool_job){t, work, done, 1000, ahead}, threads);
	size_t highest = atomic_load(&t->highest), limit = threads > 1 ? 51 + ahead : 51;
	bool whole = true;
	for (size_t i = 0; i < MOST && whole; i++)
		whole = atomic_load(&t->begun[i]) <= 1 && atomic_load(&t->begun[i]) == atomic_load(&t->finished[i]);
	CHECK(!good && in_order(t, 51) && whole && highest <= limit,
	      "a done() that says false ends %u threads: none is taken after it, none begun past the %zu ahead",
	      threads, ahead);
	free(t);
}

static void check_ahead(unsigned threads, size_t ahead)
{
	struct trial *t = trial();
	t->slow_done = true;
	bool good = pool_run(&(struct pool_job){t, work, done, 200, ahead}, threads);
	CHECK(good && in_order(t, 200) && atomic_load(&t->most_ahead) <= ahead,
	      "no more than %zu jobs are begun and not taken, on %u threads (%zu were)", ahead, threads,
	      atomic_load(&t->most_ahead));
	free(t);
}

/* ---- pieces of a job's work that other threads do ---- */

enum { PIECES = 40 };

struct pieces {
	struct pool_piece piece[PIECES];
	struct numbered {
		struct pieces *of;
		size_t i;
	} numbered[PIECES];
	atomic_uint done[PIECES];
	atomic_uint sum;
	unsigned given, taken_back, own;
	atomic_uint nested;
	pthread_t job;
	atomic_uint elsewhere; /* done by another thread than the job's */
};

static void do_piece(void *context)
{
	struct numbered *n = context;
	if (!pthread_equal(pthread_self(), n->of->job)) {
		atomic_fetch_add(&n->of->elsewhere, 1);
		if (pool_has_hands() || pool_give(&n->of->piece[n->i])) atomic_fetch_add(&n->of->nested, 1);
	}
	nap(200);
	atomic_fetch_add(&n->of->done[n->i], 1);
	atomic_fetch_add(&n->of->sum, 1);
}

static void give_pieces(void *context, size_t i)
{
	struct pieces *p = context;
	if (i > 0) return;
	p->job = pthread_self();
	for (size_t k = 0; k < PIECES; k++) {
		p->numbered[k] = (struct numbered){p, k};
		p->piece[k] = (struct pool_piece){.work = do_piece, .context = &p->numbered[k]};
		if (pool_has_hands() && pool_give(&p->piece[k])) {
			p->given++;
		} else {
			p->own++;
			do_piece(&p->numbered[k]);
		}
	}
	for (size_t k = 0; k < PIECES; k++)
		if (pool_take_back(&p->piece[k])) {
			p->taken_back++;
			do_piece(&p->numbered[k]);
		}
	while (atomic_load(&p->sum) < PIECES) nap(100);
}

static bool stop(void *context, size_t i)
{
	(void)context;
	return i != 1;
}

static void check_pieces(unsigned threads, size_t jobs, size_t ahead, bool stops)
{
	struct pieces *p = calloc(1, sizeof(*p));
	if (!p) abort();
	bool good = pool_run(&(struct pool_job){p, give_pieces, stops ? stop : NULL, jobs, ahead}, threads),
	     once = true;
	for (size_t k = 0; k < PIECES; k++) once = once && atomic_load(&p->done[k]) == 1;
	CHECK(good == !stops && once && p->given + p->own == PIECES && !atomic_load(&p->nested),
	      "pieces of a job are done once each by %u threads with %zu jobs, %zu ahead%s", threads, jobs, ahead,
	      stops ? ", also when a done() has stopped the run" : "");
	if (threads > 1 && jobs < threads)
		CHECK(p->given > 0 && atomic_load(&p->elsewhere) > 0 &&
		          atomic_load(&p->elsewhere) + p->taken_back == p->given,
		      "others do what was given and not taken back (%u, of %u threads with %zu jobs)",
		      atomic_load(&p->elsewhere), threads, jobs);
	if (threads <= 1) CHECK(p->own == PIECES, "a single thread gives no pieces");
	free(p);
}

int main(void)
{
	static const unsigned threads[] = {0, 1, 2, 7};
	for (size_t i = 0; i < 4; i++) {
		check_order(threads[i], 300, 0);
		check_order(threads[i], MOST, 5);
		check_order(threads[i], 3, 0);
		check_order(threads[i], 1, 1);
		check_order(threads[i], 0, 0);
		check_stop(threads[i], 4);
	}
	check_order(7, 300, 1);
	check_order(2, 300, 1);
	check_ahead(7, 3);
	check_ahead(2, 1);
	check_ahead(7, 20);

	struct trial *t = trial();
	CHECK(pool_run(&(struct pool_job){t, work, NULL, 500, 0}, 3) && each_once(t, 500),
	      "without a done() all jobs are done");
	free(t);
	t = trial();
	t->stop_at = 0;
	CHECK(!pool_run(&(struct pool_job){t, work, done, 500, 8}, 3) && t->taken_count == 1,
	      "the first job can end it all");
	free(t);
	t = trial();
	t->stop_at = 499;
	CHECK(!pool_run(&(struct pool_job){t, work, done, 500, 8}, 3) && in_order(t, 500),
	      "the last one's false is said too");
	free(t);
	check_pieces(1, 1, 0, false);
	check_pieces(2, 1, 0, false);
	check_pieces(3, 1, 1, false);
	check_pieces(2, 2, 0, false);
	check_pieces(7, 20, 1, false); /* they wait for room */
	check_pieces(7, 3, 0, false);
	check_pieces(3, 20, 0, true);
	CHECK(!pool_has_hands() && !pool_give(&(struct pool_piece){0}) && !pool_take_back(&(struct pool_piece){0}),
	      "outside of a run there are no hands");
	CHECK(pool_processors() >= 1, "there is a processor");
	return check_done();
}
