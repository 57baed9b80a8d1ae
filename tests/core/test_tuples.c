#include "core/tuples.h"
#include "tests/check.h"
#include "tests/random.h"

#include <stdlib.h>
#include <string.h>

enum { WIDEST = 10 };

static bool run(uint32_t width, uint32_t values, uint32_t steps)
{
	struct tuples tuples = {.width = width};
	uint32_t(*model)[WIDEST] = memory_grow(NULL, sizeof(*model) * steps);
	uint32_t count = 0;
	bool good = true;
	for (uint32_t step = 0; step < steps && good; step++) {
		uint32_t row[WIDEST] = {0}, expected = 0;
		for (uint32_t i = 0; i < width; i++) row[i] = below(values);
		while (expected < count && memcmp(model[expected], row, sizeof(*row) * width) != 0) expected++;
		if (expected == count) memcpy(model[count++], row, sizeof(row));
		good = tuples_add(&tuples, row) == expected && tuples.count == count;
	}
	for (uint32_t i = 0; i < count && good; i++)
		good = memcmp(tuples_get(&tuples, i), model[i], sizeof(**model) * width) == 0;
	tuples_free(&tuples);
	good = good && tuples.count == 0 && tuples.width == width && tuples_add(&tuples, model[0]) == 0;
	tuples_free(&tuples);
	free(model);
	return good;
}

/* Rows at once, in parts of any length: the numbers are those of as many single calls. */
static bool run_rows(uint32_t width, uint32_t values)
{
	enum { ROWS = 5000, PART = 70 };
	struct tuples single = {.width = width}, together = {.width = width};
	uint32_t *rows = memory_grow(NULL, sizeof(*rows) * ROWS * width), numbers[PART];
	bool good = true;
	for (uint32_t i = 0; i < ROWS * width; i++) rows[i] = below(values);
	for (uint32_t from = 0, n; from < ROWS && good; from += n) {
		n = below(PART);
		if (n > ROWS - from) n = ROWS - from;
		tuples_add_rows(&together, rows + (size_t)from * width, n, numbers);
		for (uint32_t i = 0; i < n && good; i++)
			good = numbers[i] == tuples_add(&single, rows + (size_t)(from + i) * width);
	}
	good = good && together.count == single.count &&
	       memcmp(together.rows, single.rows, sizeof(*rows) * width * single.count) == 0;
	tuples_free(&single);
	tuples_free(&together);
	free(rows);
	return good;
}

int main(void)
{
	random_start(1);
	CHECK(run_rows(1, 3000) && run_rows(6, 3) && run_rows(10, 2) && run_rows(3, 0xffffffff),
	      "rows that are added at once have the numbers that they would have one by one");
	CHECK(run(1, 200, 2000), "rows of one number are numbered from 0, a row again has its number again");
	CHECK(run(2, 40, 3000), "rows of two numbers too");
	CHECK(run(6, 3, 3000), "rows of six");
	CHECK(run(10, 2, 3000), "rows of ten");
	CHECK(run(3, 0xffffffff, 3000), "rows of any numbers");

	struct tuples tuples = {.width = 2};
	const uint32_t a[] = {1, 2}, b[] = {2, 1}, zero[] = {0, 0}, most[] = {UINT32_MAX, UINT32_MAX};
	CHECK(tuples_add(&tuples, zero) == 0 && tuples_add(&tuples, a) == 1 && tuples_add(&tuples, b) == 2 &&
	          tuples_add(&tuples, most) == 3 && tuples_add(&tuples, zero) == 0,
	      "the order of a row's numbers counts, and zeros are a row");
	uint32_t good = 0, n = 200000;
	for (uint32_t i = 0; i < n; i++) {
		const uint32_t row[] = {i, 7};
		good += tuples_add(&tuples, row) == 4 + i;
	}
	for (uint32_t i = 0; i < n; i++) {
		const uint32_t row[] = {i, 7};
		good += tuples_add(&tuples, row) == 4 + i;
	}
	CHECK(good == 2 * n && tuples_get(&tuples, 4 + n - 1)[0] == n - 1, "%u rows are numbered and found", n);
	tuples_free(&tuples);
	return check_done();
}
