/* pool: n jobs on several threads, their results taken in order.
 *
 * work(context, i) runs on any thread, in any order; done(context, i) runs on any thread too, but one at a time, for i = 0, 1,
 * 2, ... in this order, each after its work. So what done() builds does not depend on the number of threads. No more than `ahead`
 * jobs are finished but not yet taken, which bounds memory. work() may wait for the work of lower jobs, not for their done().
 */
#ifndef DOSSIER_CORE_POOL_H
#define DOSSIER_CORE_POOL_H

#include <stdbool.h>
#include <stddef.h>

struct pool_job {
	void *context;
	void (*work)(void *context, size_t i);
	bool (*done)(void *context, size_t i); /* false stops: later jobs are not begun; may be NULL */
	size_t count, ahead;
};

/* False if a done() was. The calling thread is one of the threads; 0 or 1: it is all of them. */
bool pool_run(const struct pool_job *job, unsigned threads);

/* A piece of a job's work that another thread may do. */
struct pool_piece {
	void (*work)(void *context);
	void *context;
	struct pool_piece *next; /* the pool's */
};
/* Whether a thread of the run whose job is at work here would take a piece now: it has no job of its own to begin. Cheap. */
bool pool_has_hands(void);
/* Gives it one, which is the pool's until its work is done: what tells that is the caller's. False: nobody takes it. Pieces give none. */
bool pool_give(struct pool_piece *piece);
/* True: nobody has begun it, and now nobody will. From the job that gave it. */
bool pool_take_back(struct pool_piece *piece);
unsigned pool_processors(void);

#endif
