/* How it works: one file, mapped as a whole into addresses that are reserved for it; the file is as sparse as the addresses.
 *
 *   file    [ slot 1 MB ][ slot 4 MB          ][ slot 1 MB ] ...      end
 *            ########     ################      freed: a hole
 *
 * A slot is a power of two of bytes. A block holds as much of its slot as it needs: that much of the file is allocated on disk beforehand,
 * since a touch of a page that finds the disk full would be the end of the process, and it grows in its place up to the end of the slot.
 * A freed slot is a hole until a block of its size wants it. Addresses and the sparse file's length cost nothing.
 *
 * Every few milliseconds of processor time (SIGPROF) the resident memory is looked at. Above a mark a hand goes over the mapping and
 * unmaps pages (MADV_DONTNEED on a shared mapping: what was written is in the file, that is in the system's cache, and on disk when the
 * system wants its memory back). The next touch maps sixteen pages again at once, so that a pass in order costs little; touches in
 * no order map 64 KB each, hundreds of MB between two ticks, which is why loops that make them count their turns (LARGE_BREATHE). A look
 * costs as much as hundreds of plain turns, and a touch takes its time too: so soon after a look there is none, however many the turns.
 */
#include "core/large.h"

#include "core/file.h"

#include <errno.h>
#include <fcntl.h>
#include <malloc.h>
#include <pthread.h>
#include <signal.h>
#include <stdatomic.h>
#include <stdlib.h>
#include <string.h>
#include <sys/mman.h>
#include <sys/time.h>
#include <time.h>
#include <unistd.h>

enum {
	SLOT_LEAST_BITS = 20,
	SLOT_CLASSES = 24,
	HOLD_STEP = 64 << 10,
	HAND_STEP = 8 << 20,
	TURN = 256 << 10, /* what a turn of a loop may map: four places of sixteen pages */
	TOUCH = 256,      /* nanoseconds that mapping one place takes at least, however fast the machine */
	TICK = 2000       /* microseconds */
};
#define NO_SLOT UINT32_MAX

struct slot {
	uint64_t at;   /* in the file, and from the mapping's start */
	uint64_t held; /* bytes that are allocated on disk */
	uint32_t next; /* of the free ones of its class */
	uint8_t class;
};

static struct {
	uint64_t limit;          /* 0: none */
	_Atomic uint64_t heaped; /* bytes of large blocks in the heap */
	_Atomic uint64_t in_file;
	char *folder;
	_Atomic uint64_t mark;   /* resident memory above which pages are given back */
	_Atomic uint64_t hand;   /* bytes that it has gone over, in all turns */
	_Atomic uint64_t looked; /* nanoseconds: when the resident memory was last looked at */
	uint64_t pause;          /* nanoseconds that a look is good for */
	uint64_t page;
	int statm;
	pthread_mutex_t lock; /* of all that follows */
	int file;
	_Atomic(char *) base;
	uint64_t reserved;
	_Atomic uint64_t end;
	struct slot *slots; /* by `at` */
	uint32_t slot_count, slot_capacity;
	uint32_t free[SLOT_CLASSES];
} large = {.lock = PTHREAD_MUTEX_INITIALIZER, .file = -1};

void (*large_trouble)(const char *folder, int number);

uint64_t large_stride = 0x3fff;

void large_limit(uint64_t bytes)
{
	long processors = sysconf(_SC_NPROCESSORS_ONLN);
	large.limit = bytes < LARGE_LIMIT_LEAST ? LARGE_LIMIT_LEAST : bytes;
	uint64_t room = large.limit / 8 / (processors > 0 ? (uint64_t)processors : 1); /* of one of them */
	while (large_stride && large_stride >= room / TURN) large_stride >>= 1;
	large.pause = room / (TURN / 4) * TOUCH;
}

bool large_is_limited(void) { return large.limit != 0; }

void large_place(const char *folder)
{
	size_t size = folder ? strlen(folder) + 1 : 0;
	free(large.folder);
	large.folder = NULL;
	if (size) large.folder = memcpy(memory_grow(NULL, size), folder, size);
}

void large_beside(const char *path)
{
	char *folder = file_folder(path);
	large_place(folder);
	free(folder);
}

uint64_t large_in_file(void) { return atomic_load(&large.in_file); }

static void no_room(int number, uint64_t wanted)
{
	if (large_trouble) large_trouble(large.folder, number);
	memory_exhausted((size_t)wanted);
}

/* ---- giving back: called from a signal's handler too, so nothing here locks or allocates ---- */

static uint64_t resident(void)
{
	char text[128];
	ssize_t n = pread(large.statm, text, sizeof(text) - 1, 0);
	if (n <= 0) return 0;
	text[n] = '\0';
	const char *second = strchr(text, ' ');
	return second ? strtoull(second, NULL, 10) * large.page : 0;
}

/* Unmaps pages from the hand on until half the limit is free. What is left after a whole turn is other memory: then the mark moves, so
 * that the pages in use are not taken away again at once. Any number of threads at once: on a busy machine one may have to wait in the
 * middle of it, and the others must not go on touching meanwhile. */
static void give_back(void)
{
	const uint64_t enough = large.limit / 2, least_room = large.limit / 8;
	char *base = atomic_load(&large.base);
	uint64_t end = (atomic_load(&large.end) + HAND_STEP - 1) / HAND_STEP * HAND_STEP, done = 0, left = UINT64_MAX;
	for (; done < end && left > enough; done += HAND_STEP) {
		uint64_t hand = atomic_fetch_add(&large.hand, HAND_STEP) % end;
		madvise(base + hand, HAND_STEP, MADV_DONTNEED);
		left = resident();
	}
	uint64_t mark = large.limit / 8 * 5;
	atomic_store(&large.mark, done >= end && left + least_room > mark ? left + least_room : mark);
}

static uint64_t now(void)
{
	struct timespec time;
	clock_gettime(CLOCK_MONOTONIC, &time);
	return (uint64_t)time.tv_sec * UINT64_C(1000000000) + (uint64_t)time.tv_nsec;
}

void large_breathe(void)
{
	if (!atomic_load(&large.base)) return;
	uint64_t since = atomic_load(&large.looked), time = now();
	if (time - since < large.pause || !atomic_compare_exchange_strong(&large.looked, &since, time)) return;
	if (resident() > atomic_load(&large.mark)) give_back();
}

static void on_tick(int number)
{
	int saved = errno;
	(void)number;
	large_breathe();
	errno = saved;
}

/* Every few milliseconds of processor time, on a thread that is using it: a thread that watches would have to wait for its turn. */
static void start_ticks(void)
{
	struct sigaction action = {.sa_handler = on_tick, .sa_flags = SA_RESTART};
	sigemptyset(&action.sa_mask);
	sigaction(SIGPROF, &action, NULL);
	setitimer(ITIMER_PROF, &(struct itimerval){{0, TICK}, {0, TICK}}, NULL);
}

/* ---- the file ---- */

static int make_file(void)
{
	enum { MOST_BITS = 42, FEWEST_BITS = 32 };
	const char *folder = large.folder;
	if (!folder || !*folder) folder = getenv("TMPDIR");
	if (!folder || !*folder) folder = "/tmp";
	if (folder != large.folder) large_place(folder);
	int fd = file_nameless(large.folder);
	if (fd < 0) return -1;
	large.statm = open("/proc/self/statm", O_RDONLY | O_CLOEXEC); /* without one nothing is given back */
	large.page = (uint64_t)sysconf(_SC_PAGESIZE);
	atomic_store(&large.mark, large.limit / 8 * 5);
	for (int bits = MOST_BITS; bits >= FEWEST_BITS; bits -= 2) {
		large.reserved = UINT64_C(1) << bits;
		void *base = mmap(NULL, large.reserved, PROT_READ | PROT_WRITE, MAP_SHARED | MAP_NORESERVE, fd, 0);
		if (base == MAP_FAILED) continue;
		madvise(base, large.reserved, MADV_NOHUGEPAGE); /* else a touch may map 2 MB */
		large.base = base;
		large.file = fd;
		for (int k = 0; k < SLOT_CLASSES; k++) large.free[k] = NO_SLOT;
		start_ticks();
		return 0;
	}
	close(fd);
	return -1;
}

/* Allocates the slot's bytes up to `bytes` on disk. */
static bool hold(struct slot *slot, uint64_t bytes)
{
	uint64_t wanted = (bytes + HOLD_STEP - 1) / HOLD_STEP * HOLD_STEP, size = UINT64_C(1)
	                                                                          << (slot->class + SLOT_LEAST_BITS);
	if (wanted > size) wanted = size;
	if (wanted <= slot->held) return true;
	sigset_t tick, before; /* a file system in memory would stop at the signal, and begin again */
	sigemptyset(&tick);
	sigaddset(&tick, SIGPROF);
	pthread_sigmask(SIG_BLOCK, &tick, &before);
	int failed = posix_fallocate(large.file, (off_t)(slot->at + slot->held), (off_t)(wanted - slot->held));
	pthread_sigmask(SIG_SETMASK, &before, NULL);
	if (failed) {
		errno = failed;
		return false;
	}
	atomic_fetch_add(&large.in_file, wanted - slot->held);
	slot->held = wanted;
	return true;
}

static struct slot *slot_at(const void *ptr)
{
	uint64_t at = (uint64_t)((const char *)ptr - large.base);
	uint32_t low = 0, high = large.slot_count;
	while (high - low > 1) {
		uint32_t middle = low + (high - low) / 2;
		if (large.slots[middle].at <= at)
			low = middle;
		else
			high = middle;
	}
	return &large.slots[low];
}

/* With the lock; NULL with errno. */
static struct slot *take_slot(uint64_t bytes)
{
	uint8_t class = 0;
	while (class < SLOT_CLASSES && UINT64_C(1) << (class + SLOT_LEAST_BITS) < bytes) class ++;
	errno = ENOMEM;
	if (class == SLOT_CLASSES || (large.file < 0 && make_file() < 0)) return NULL;
	uint32_t number = large.free[class];
	if (number != NO_SLOT) {
		if (!hold(&large.slots[number], bytes)) return NULL;
		large.free[class] = large.slots[number].next;
		return &large.slots[number];
	}
	struct slot slot = {.at = atomic_load(&large.end), .class = class};
	uint64_t end = slot.at + (UINT64_C(1) << (class + SLOT_LEAST_BITS));
	errno = ENOMEM;
	if (end > large.reserved || !hold(&slot, bytes)) return NULL;
	atomic_store(&large.end, end);
	ARRAY_RESERVE(large.slots, large.slot_count, large.slot_capacity);
	large.slots[large.slot_count] = slot;
	return &large.slots[large.slot_count++];
}

static void put_back(void *ptr)
{
	struct slot *slot = slot_at(ptr);
	if (fallocate(large.file, FALLOC_FL_PUNCH_HOLE | FALLOC_FL_KEEP_SIZE, (off_t)slot->at, (off_t)slot->held) ==
	    0) {
		atomic_fetch_sub(&large.in_file, slot->held);
		slot->held = 0;
	}
	slot->next = large.free[slot->class];
	large.free[slot->class] = (uint32_t)(slot - large.slots);
}

/* ---- blocks ---- */

static bool in_mapping(const void *ptr)
{
	const char *base = atomic_load(&large.base), *at = ptr;
	return base && at >= base && at < base + large.reserved;
}

/* What a block in the heap counts against its share. */
static uint64_t counted(void *ptr)
{
	uint64_t bytes = ptr ? malloc_usable_size(ptr) : 0;
	return bytes < LARGE_LEAST ? 0 : bytes;
}

static void uncount(uint64_t bytes)
{
	uint64_t now = atomic_load(&large.heaped);
	while (!atomic_compare_exchange_weak(&large.heaped, &now, now > bytes ? now - bytes : 0)) {
	}
}

/* From the heap, or NULL when its share is used up. */
static void *grow_in_heap(void *ptr, size_t bytes)
{
	uint64_t before = counted(ptr), share = large.limit / 4;
	if (bytes >= LARGE_LEAST && atomic_load(&large.heaped) - before + bytes > share) return NULL;
	void *grown = memory_grow(ptr, bytes);
	uncount(before);
	atomic_fetch_add(&large.heaped, counted(grown));
	return grown;
}

static void copy(char *to, const char *from, uint64_t bytes)
{
	enum { PIECE = 4 << 20 };
	for (uint64_t done = 0; done < bytes; done += PIECE) {
		memcpy(to + done, from + done, bytes - done < PIECE ? bytes - done : PIECE);
		large_breathe();
	}
}

void *large_grow(void *ptr, size_t bytes)
{
	if (!large.limit) return memory_grow(ptr, bytes);
	bool inside = in_mapping(ptr);
	void *grown = inside ? NULL : grow_in_heap(ptr, bytes);
	if (grown) return grown;
	uint64_t old = inside || !ptr ? 0 : malloc_usable_size(ptr);
	bool good = true;
	pthread_mutex_lock(&large.lock);
	struct slot *slot = inside ? slot_at(ptr) : NULL;
	if (slot && bytes <= UINT64_C(1) << (slot->class + SLOT_LEAST_BITS)) {
		good = hold(slot, bytes);
		grown = ptr;
	} else {
		if (slot) old = slot->held;
		slot = take_slot(bytes);
		good = slot != NULL;
		if (slot) grown = large.base + slot->at;
	}
	int number = errno;
	pthread_mutex_unlock(&large.lock);
	if (!good) no_room(number, bytes);
	if (grown == ptr || !ptr) return grown;
	copy(grown, ptr, old < bytes ? old : bytes);
	large_free(ptr);
	return grown;
}

void large_free(void *ptr)
{
	if (!in_mapping(ptr)) {
		if (large.limit) uncount(counted(ptr));
		free(ptr);
		return;
	}
	pthread_mutex_lock(&large.lock);
	put_back(ptr);
	pthread_mutex_unlock(&large.lock);
}
