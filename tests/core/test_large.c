/* Blocks beyond the limit's share lie in a file; nothing that is read from them may differ for it. */
#include "core/large.h"

#include "core/file.h"
#include "core/strings.h"
#include "core/tuples.h"
#include "tests/check.h"

#include <dirent.h>
#include <errno.h>
#include <pthread.h>
#include <signal.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/resource.h>
#include <sys/wait.h>
#include <unistd.h>

enum { MB = 1 << 20 };

static uint64_t value(uint64_t block, uint64_t i) { return (block + 1) * UINT64_C(0x9e3779b97f4a7c15) + i * i; }

static void fill(uint64_t *words, uint64_t block, uint64_t from, uint64_t to)
{
	for (uint64_t i = from; i < to; i++) words[i] = value(block, i);
}

static bool holds(const uint64_t *words, uint64_t block, uint64_t count)
{
	for (uint64_t i = 0; i < count; i++)
		if (words[i] != value(block, i)) return false;
	return true;
}

/* Grows blocks in turn, so that they leave the heap, grow in their slots and move to larger ones. */
static bool grow_in_turn(uint64_t first)
{
	enum { BLOCKS = 5, STEPS = 40, STEP = MB / 8 };
	uint64_t *blocks[BLOCKS] = {NULL};
	bool good = true;
	for (uint64_t step = 1; step <= STEPS; step++)
		for (uint64_t k = 0; k < BLOCKS; k++) {
			uint64_t count = STEP / 8 * step * (k + 1);
			blocks[k] = large_grow(blocks[k], count * 8);
			fill(blocks[k], first + k, STEP / 8 * (step - 1) * (k + 1), count);
		}
	for (uint64_t k = 0; k < BLOCKS; k++) {
		good = good && holds(blocks[k], first + k, (uint64_t)STEP / 8 * STEPS * (k + 1));
		large_free(blocks[k]);
	}
	return good;
}

static void *grow_on_a_thread(void *number)
{
	static bool good[8];
	size_t k = *(const size_t *)number;
	good[k] = grow_in_turn(k * 100);
	return &good[k];
}

static bool grow_on_threads(void)
{
	enum { THREADS = 4 };
	pthread_t ids[THREADS];
	size_t numbers[THREADS];
	bool good = true;
	for (size_t i = 0; i < THREADS; i++) {
		numbers[i] = i;
		if (pthread_create(&ids[i], NULL, grow_on_a_thread, &numbers[i]) != 0) return false;
	}
	for (size_t i = 0; i < THREADS; i++) {
		void *one;
		pthread_join(ids[i], &one);
		good = good && *(bool *)one;
	}
	return good;
}

static bool strings_and_rows(void)
{
	enum { COUNT = 400000 };
	struct strings strings = {0};
	struct tuples tuples = {.width = 3};
	char text[64];
	bool good = true;
	for (uint32_t pass = 0; pass < 2; pass++)
		for (uint32_t i = 0; i < COUNT; i++) {
			int n = snprintf(text, sizeof(text), "folder/of/some/length/file-%u", i);
			const uint32_t row[] = {i, i ^ 5, i / 7};
			good = good && strings_add(&strings, str_of(text, (size_t)n)) == i + 1 &&
			       tuples_add(&tuples, row) == i;
		}
	strings_free(&strings);
	tuples_free(&tuples);
	return good;
}

static bool arena_blocks(void)
{
	struct arena arena = {0};
	enum { COUNT = 60000 };
	uint64_t **words = ARENA_ARRAY(&arena, uint64_t *, COUNT);
	bool good = true;
	for (uint64_t i = 0; i < COUNT; i++) {
		words[i] = ARENA_ARRAY(&arena, uint64_t, 100);
		for (int k = 0; k < 100; k++) good = good && words[i][k] == 0;
		fill(words[i], i, 0, 100);
	}
	for (uint64_t i = 0; i < COUNT; i++) good = good && holds(words[i], i, 100);
	arena_free(&arena);
	return good;
}

static uint64_t files_in(const char *folder)
{
	DIR *dir = opendir(folder);
	uint64_t count = 0;
	for (struct dirent *entry; dir && (entry = readdir(dir));)
		count += entry->d_name[0] != '.' || strlen(entry->d_name) > 2;
	if (dir) closedir(dir);
	return count;
}

static void exhausted(size_t wanted)
{
	(void)wanted;
	_exit(77);
}

static int told;
static void tell(const char *folder, int number) { told = folder && number == ENOENT ? 1 : 2; }
static void exhausted_and_told(size_t wanted)
{
	(void)wanted;
	_exit(told == 1 ? 78 : 79);
}

/* In a process of its own, since the limit is set once. */
static int status_of(int (*what)(void))
{
	fflush(stdout);
	pid_t child = fork();
	int status = 0;
	if (child == 0) _exit(what());
	waitpid(child, &status, 0);
	return WIFEXITED(status) ? WEXITSTATUS(status) : -1;
}

static int in_no_folder(void)
{
	memory_exhausted = exhausted_and_told;
	large_trouble = tell;
	large_limit(LARGE_LIMIT_LEAST);
	large_place("/nowhere/at/all");
	grow_in_turn(0);
	return 0;
}

static int without_limit(void) { return grow_in_turn(0) && large_in_file() == 0 ? 0 : 1; }

static int beyond_what_a_file_may_have(void)
{
	signal(SIGXFSZ, SIG_IGN);
	setrlimit(RLIMIT_FSIZE, &(struct rlimit){8 * MB, 8 * MB});
	memory_exhausted = exhausted;
	large_limit(LARGE_LIMIT_LEAST);
	grow_in_turn(0);
	return 0;
}

int main(void)
{
	const char *folder = getenv("TMPDIR");
	CHECK(status_of(without_limit) == 0, "without a limit no block lies in a file");
	CHECK(status_of(in_no_folder) == 78,
	      "a folder that is not there is told before memory is said to be exhausted");
	CHECK(status_of(beyond_what_a_file_may_have) == 77,
	      "a file that cannot grow ends in memory_exhausted, not in a signal");

	large_limit(LARGE_LIMIT_LEAST);
	CHECK(grow_in_turn(1), "blocks that grow in turn keep their bytes");
	uint64_t *block = large_grow(NULL, 64 * MB);
	fill(block, 3, 0, 8 * MB);
	CHECK(large_in_file() >= 64 * (uint64_t)MB, "64 MB are beyond the least limit, and lie in the file");
	CHECK(!folder || files_in(folder) == 0, "no folder shows the file");
	CHECK(grow_on_threads(), "four threads grow blocks at once");
	CHECK(strings_and_rows(), "interned strings and rows are found again");
	CHECK(arena_blocks(), "an arena's memory is zeroed, and stays");
	CHECK(holds(block, 3, 8 * MB), "a block is as it was after all that");
	large_breathe();
	CHECK(holds(block, 3, 8 * MB), "pages that were given back come again");
	large_free(block);
	CHECK(large_in_file() == 0, "what is freed leaves the file");
	return check_done();
}
