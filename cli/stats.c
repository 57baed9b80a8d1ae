/* One list for stages and parts, in the order in which they were told; a part stands below the stage that it ran in. */
#include "cli/stats.h"

#include <pthread.h>
#include <stdbool.h>
#include <string.h>
#include <sys/resource.h>
#include <time.h>

enum { MOST_ROWS = 64 };

static bool asked;
static pthread_mutex_t lock = PTHREAD_MUTEX_INITIALIZER;
static struct row {
	const char *name;
	bool part;
	uint64_t wall, processors; /* nanoseconds; of a stage under way: when it began */
	uint64_t bytes;            /* of a part: written; of a stage: the peak of memory at its end */
} rows[MOST_ROWS];
static size_t count, at = MOST_ROWS; /* at: the stage under way */

static uint64_t clock_of(clockid_t clock)
{
	struct timespec now;
	if (clock_gettime(clock, &now) != 0) return 0;
	return (uint64_t)now.tv_sec * 1000000000 + (uint64_t)now.tv_nsec;
}

void stats_ask(void) { asked = true; }

static void end_stage(void)
{
	struct rusage usage;
	if (at == MOST_ROWS) return;
	rows[at].wall = clock_of(CLOCK_MONOTONIC) - rows[at].wall;
	rows[at].processors = clock_of(CLOCK_PROCESS_CPUTIME_ID) - rows[at].processors;
	if (getrusage(RUSAGE_SELF, &usage) == 0) rows[at].bytes = (uint64_t)usage.ru_maxrss * 1024;
	at = MOST_ROWS;
}

void stats_stage(const char *name)
{
	if (!asked) return;
	pthread_mutex_lock(&lock);
	end_stage();
	if (name && count < MOST_ROWS) {
		at = count++;
		rows[at] = (struct row){
		    .name = name, .wall = clock_of(CLOCK_MONOTONIC), .processors = clock_of(CLOCK_PROCESS_CPUTIME_ID)};
	}
	pthread_mutex_unlock(&lock);
}

uint64_t stats_clock(void) { return asked ? clock_of(CLOCK_THREAD_CPUTIME_ID) : 0; }

/* Of the stage under way; NULL: there is no room. */
static struct row *part_of(const char *name)
{
	for (size_t i = count; i-- > 0 && rows[i].part;)
		if (!strcmp(rows[i].name, name)) return &rows[i];
	if (count == MOST_ROWS) return NULL;
	rows[count] = (struct row){.name = name, .part = true};
	return &rows[count++];
}

void stats_part(const char *name, uint64_t since, uint64_t bytes)
{
	if (!asked) return;
	uint64_t spent = clock_of(CLOCK_THREAD_CPUTIME_ID) - since;
	pthread_mutex_lock(&lock);
	struct row *row = part_of(name);
	if (row) {
		row->processors += spent;
		row->bytes += bytes;
	}
	pthread_mutex_unlock(&lock);
}

static double seconds(uint64_t nanoseconds) { return (double)nanoseconds / 1e9; }

static void print_stage(FILE *out, const struct row *row)
{
	double busy = row->wall ? (double)row->processors / (double)row->wall : 0;
	fprintf(out, "%-30s%9.3f%9.3f%12.1f%9.0f\n", row->name, seconds(row->wall), seconds(row->processors), busy,
	        (double)row->bytes / 1e6);
}

void stats_print(FILE *out)
{
	struct row all = {.name = "all"};
	if (!asked) return;
	stats_stage(NULL);
	asked = false;
	fprintf(out, "%-30s%9s%9s%12s%9s%12s\n", "stage", "seconds", "of CPUs", "CPUs busy", "peak MB", "MB written");
	for (size_t i = 0; i < count; i++) {
		if (rows[i].part) {
			fprintf(out, "  %-28s%9s%9.3f%12s%9s%12.1f\n", rows[i].name, "", seconds(rows[i].processors),
			        "", "", (double)rows[i].bytes / 1e6);
			continue;
		}
		all.wall += rows[i].wall;
		all.processors += rows[i].processors;
		if (rows[i].bytes > all.bytes) all.bytes = rows[i].bytes;
		print_stage(out, &rows[i]);
	}
	print_stage(out, &all);
}
