/* How it works: 64 bytes become 64-bit masks, one bit for each byte.
 *
 *     text       {"a":"}\"{","b":[1]},{"a
 *     quotes      1 1 1  . 1 1 1            the escaped one taken out: runs of backslashes are added, the carry
 *                                           comes out where a run of odd length ends, also into the next block
 *     in string   .11.11111 ..              prefix xor of the quotes: a carry-less product with all ones, or six shifts
 *     open       1           .1      1      brackets outside of strings: | 0x20 makes [ and { one, ] and } another
 *     close                    1 1
 *
 * A block with fewer closing brackets than containers are open cannot close the record: its brackets are only counted.
 * Otherwise the depth at each closing bracket is the number of opening ones before it less the closing ones.
 *
 * Langdale and Lemire, "Parsing gigabytes of JSON per second", 2019, is where the escapes and the prefix xor come from.
 */
#include "core/frame_kernel.h"

#include "core/frame.h"

#include <stdatomic.h>

#if defined(__x86_64__)
#define X86 1
#include <immintrin.h>
#endif

struct masks {
	uint64_t quote, slash, open, close;
};

static inline __attribute__((always_inline)) uint64_t escaped_bytes(struct frame_scan *scan, uint64_t slash)
{
	const uint64_t even = UINT64_C(0x5555555555555555);
	if (!slash) {
		uint64_t first = scan->escaped;
		scan->escaped = 0;
		return first;
	}
	slash &= ~scan->escaped;
	uint64_t follows = slash << 1 | scan->escaped;
	uint64_t odd_starts = slash & ~even & ~follows, sum;
	scan->escaped = __builtin_add_overflow(odd_starts, slash, &sum);
	return (even ^ sum << 1) & follows;
}

static inline __attribute__((always_inline)) uint64_t prefix_xor(uint64_t bits)
{
	for (int shift = 1; shift < 64; shift *= 2) bits ^= bits << shift;
	return bits;
}

/* The limit may be passed in this block: bracket by bracket. 64 if it is not, and nothing closes. */
static __attribute__((noinline, cold)) size_t step_block(struct frame_scan *scan, uint64_t open, uint64_t close)
{
	for (uint64_t both = open | close; both; both &= both - 1) {
		uint64_t bit = both & -both;
		if (open & bit) {
			if (scan->depth == scan->limit) {
				scan->too_deep = true;
				return (size_t)__builtin_ctzll(bit);
			}
			scan->depth++;
		} else if (--scan->depth == 0) {
			scan->closed = true;
			return (size_t)__builtin_ctzll(bit) + 1;
		}
	}
	return 64;
}

/* inside: in-string mask of the block, opening quote included. */
static inline __attribute__((always_inline)) size_t count_block(struct frame_scan *scan, uint64_t open, uint64_t close,
                                                                uint64_t inside)
{
	open &= ~inside;
	close &= ~inside;
	uint32_t opens = (uint32_t)__builtin_popcountll(open), closes = (uint32_t)__builtin_popcountll(close);
	if (__builtin_expect(scan->depth + opens > scan->limit, 0)) return step_block(scan, open, close);
	if (closes >= scan->depth) {
		uint32_t nth = 1;
		for (uint64_t left = close; left; left &= left - 1, nth++) {
			uint64_t before = (left & -left) - 1;
			if (scan->depth + (uint32_t)__builtin_popcountll(open & before) != nth) continue;
			scan->depth = 0;
			scan->closed = true;
			return (size_t)__builtin_ctzll(left) + 1;
		}
	}
	scan->depth += opens - closes;
	return 64;
}

static size_t kernel_scalar(struct frame_scan *scan, const char *p, size_t blocks)
{
	for (size_t i = 0; i < blocks * 64; i++) {
		char c = p[i];
		if (scan->escaped)
			scan->escaped = 0;
		else if (c == '\\')
			scan->escaped = 1;
		else if (c == '"')
			scan->in_string = ~scan->in_string;
		if (scan->in_string) continue;
		/* An escaped bracket outside of a string is no JSON, but still a bracket, here and in the masks. */
		if (c == '{' || c == '[') {
			if (scan->depth == scan->limit) {
				scan->too_deep = true;
				return i;
			}
			scan->depth++;
		} else if ((c == '}' || c == ']') && --scan->depth == 0) {
			scan->closed = true;
			return i + 1;
		}
	}
	return blocks * 64;
}

#if X86
static inline __m128i load16(const char *p) { return _mm_loadu_si128((const __m128i *)(const void *)p); }

static inline uint64_t equal64_sse2(const __m128i v[4], char c)
{
	__m128i want = _mm_set1_epi8(c);
	uint64_t a = (uint32_t)_mm_movemask_epi8(_mm_cmpeq_epi8(v[0], want));
	uint64_t b = (uint32_t)_mm_movemask_epi8(_mm_cmpeq_epi8(v[1], want));
	uint64_t d = (uint32_t)_mm_movemask_epi8(_mm_cmpeq_epi8(v[2], want));
	uint64_t e = (uint32_t)_mm_movemask_epi8(_mm_cmpeq_epi8(v[3], want));
	return a | b << 16 | d << 32 | e << 48;
}

static size_t kernel_sse2(struct frame_scan *scan, const char *p, size_t blocks)
{
	const __m128i fold = _mm_set1_epi8(0x20);
	for (size_t i = 0; i < blocks * 64; i += 64) {
		__m128i v[4] = {load16(p + i), load16(p + i + 16), load16(p + i + 32), load16(p + i + 48)};
		uint64_t quote = equal64_sse2(v, '"') & ~escaped_bytes(scan, equal64_sse2(v, '\\'));
		uint64_t inside = prefix_xor(quote) ^ scan->in_string;
		scan->in_string = -(inside >> 63);
		for (int k = 0; k < 4; k++) v[k] = _mm_or_si128(v[k], fold);
		size_t n = count_block(scan, equal64_sse2(v, '{'), equal64_sse2(v, '}'), inside);
		if (n < 64 || scan->closed) return i + n;
	}
	return blocks * 64;
}

#define AVX2 __attribute__((target("avx2,pclmul,popcnt,bmi")))

AVX2 static inline uint64_t equal64_avx2(__m256i low, __m256i high, char c)
{
	__m256i want = _mm256_set1_epi8(c);
	uint64_t a = (uint32_t)_mm256_movemask_epi8(_mm256_cmpeq_epi8(low, want));
	uint64_t b = (uint32_t)_mm256_movemask_epi8(_mm256_cmpeq_epi8(high, want));
	return a | b << 32;
}

AVX2 static inline uint64_t prefix_xor_clmul(uint64_t bits)
{
	__m128i product = _mm_clmulepi64_si128(_mm_cvtsi64_si128((long long)bits), _mm_set1_epi8((char)0xff), 0);
	return (uint64_t)_mm_cvtsi128_si64(product);
}

AVX2 static size_t kernel_avx2(struct frame_scan *scan, const char *p, size_t blocks)
{
	const __m256i fold = _mm256_set1_epi8(0x20);
	for (size_t i = 0; i < blocks * 64; i += 64) {
		__m256i low = _mm256_loadu_si256((const __m256i *)(const void *)(p + i));
		__m256i high = _mm256_loadu_si256((const __m256i *)(const void *)(p + i + 32));
		uint64_t quote = equal64_avx2(low, high, '"') & ~escaped_bytes(scan, equal64_avx2(low, high, '\\'));
		uint64_t inside = prefix_xor_clmul(quote) ^ scan->in_string;
		scan->in_string = -(inside >> 63);
		low = _mm256_or_si256(low, fold);
		high = _mm256_or_si256(high, fold);
		size_t n = count_block(scan, equal64_avx2(low, high, '{'), equal64_avx2(low, high, '}'), inside);
		if (n < 64 || scan->closed) return i + n;
	}
	return blocks * 64;
}

#define AVX512 __attribute__((target("avx512f,avx512bw,pclmul,popcnt,bmi")))

AVX512 static size_t kernel_avx512(struct frame_scan *scan, const char *p, size_t blocks)
{
	const __m512i fold = _mm512_set1_epi8(0x20), quotes = _mm512_set1_epi8('"'), slashes = _mm512_set1_epi8('\\');
	const __m512i opens = _mm512_set1_epi8('{'), closes = _mm512_set1_epi8('}');
	const __m128i ones = _mm_set1_epi8((char)0xff);
	for (size_t i = 0; i < blocks * 64; i += 64) {
		__m512i v = _mm512_loadu_si512((const void *)(p + i));
		uint64_t quote = _mm512_cmpeq_epi8_mask(v, quotes);
		quote &= ~escaped_bytes(scan, _mm512_cmpeq_epi8_mask(v, slashes));
		__m128i product = _mm_clmulepi64_si128(_mm_cvtsi64_si128((long long)quote), ones, 0);
		uint64_t inside = (uint64_t)_mm_cvtsi128_si64(product) ^ scan->in_string;
		scan->in_string = -(inside >> 63);
		v = _mm512_or_si512(v, fold);
		size_t n =
		    count_block(scan, _mm512_cmpeq_epi8_mask(v, opens), _mm512_cmpeq_epi8_mask(v, closes), inside);
		if (n < 64 || scan->closed) return i + n;
	}
	return blocks * 64;
}
#endif

/* ---- which one ---- */

static bool always(void) { return true; }
#if X86
static bool has_avx2(void)
{
	return __builtin_cpu_supports("avx2") && __builtin_cpu_supports("pclmul") && __builtin_cpu_supports("popcnt") &&
	       __builtin_cpu_supports("bmi");
}
static bool has_avx512(void)
{
	return has_avx2() && __builtin_cpu_supports("avx512f") && __builtin_cpu_supports("avx512bw");
}
#endif

static const struct kernel {
	const char *name;
	frame_kernel *run;
	bool (*here)(void);
} kernels[] = {
    /* the best last */
    {"scalar", kernel_scalar, always},
#if X86
    {"sse2", kernel_sse2, always},
    {"avx2", kernel_avx2, has_avx2},
    {"avx512", kernel_avx512, has_avx512},
#endif
};

static _Atomic(const struct kernel *) chosen;

static const struct kernel *choose(void)
{
	const struct kernel *kernel = atomic_load_explicit(&chosen, memory_order_relaxed);
	if (kernel) return kernel;
	for (size_t i = 0; i < sizeof(kernels) / sizeof(*kernels); i++)
		if (kernels[i].here()) kernel = &kernels[i];
	/* Threads that race here all store the same. */
	atomic_store_explicit(&chosen, kernel, memory_order_relaxed);
	return kernel;
}

frame_kernel *frame_kernel_get(void) { return choose()->run; }

const char *frame_kernel_name(void) { return choose()->name; }

bool frame_use_kernel(const char *name)
{
	const struct kernel *found = NULL;
	for (size_t i = 0; name && i < sizeof(kernels) / sizeof(*kernels); i++)
		if (strcmp(kernels[i].name, name) == 0 && kernels[i].here()) found = &kernels[i];
	if (name && !found) return false;
	atomic_store_explicit(&chosen, found, memory_order_relaxed);
	return true;
}
