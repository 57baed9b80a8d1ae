/* extract: single files out of a packet, checked against its manifests. */
#include "cli/command.h"
#include "render/packet_hashes.h"

#include <errno.h>
#include <fcntl.h>
#include <stdio.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

static int run(int argc, char **argv);

const struct command extract_command = {
    "extract", "single files out of a packet, checked against its manifests",
    "usage: dossier extract PACKET PATH... [-o DIR]\n\n"
    "Writes the files of the packet's bag that the PATHs name, as `dossier list` prints them; a PATH that ends with / is a folder\n"
    "with all below it. They keep their path below DIR. Only what it takes is read from the packet. A file gets its name when\n"
    "its bytes were found to be what the manifests say, and never replaces one that is there.\n\n"
    "  -o DIR            where to (default: the current folder); -o - is standard output, for one file\n\n"
    "Exit status: 0; 2 no such packet or file, or a file of that name is there; 3 the packet is damaged; 4 the system failed.\n",
    run};

/* One packet that is read from, and the folder that is written into: -1 is standard output. */
struct extraction {
	struct packet *packet;
	const struct file_origin *origin;
	struct packet_hashes hashes;
	int top;
};

/* Holds the bytes against the manifest. What is made over the manifests is in none of them. */
static bool check(const struct extraction *x, struct str path, const unsigned char sha256[SHA256_BYTES],
                  struct error *error)
{
	const unsigned char *said = packet_hash(&x->hashes, path);
	if (!said && str_starts(path, STR("tagmanifest-sha256.txt"))) return true;
	if (said && memcmp(said, sha256, SHA256_BYTES) == 0) return true;
	return error_set(error, ERROR_VERIFY, NULL, "'%.*s' is %s", (int)(path.len < 300 ? path.len : 300), path.ptr,
	                 said ? "not what the manifest says" : "in no manifest");
}

/* ---- writing ---- */

/* The folder of a path below another, made as needed; no link is followed. -1 on error. */
static int open_folder(int top, struct str path, struct error *error)
{
	int folder = fcntl(top, F_DUPFD_CLOEXEC, 0);
	for (size_t from = 0, at = 0; folder >= 0 && at < path.len; at++) {
		char name[256];
		if (path.ptr[at] != '/') continue;
		snprintf(name, sizeof(name), "%.*s", (int)(at - from), path.ptr + from);
		from = at + 1;
		int made = mkdirat(folder, name, 0777), below = -1;
		if (made == 0 || errno == EEXIST)
			below = openat(folder, name, O_RDONLY | O_DIRECTORY | O_NOFOLLOW | O_CLOEXEC);
		if (below < 0) error_errno(error, name, "cannot make the folder");
		close(folder);
		folder = below;
	}
	return folder;
}

static bool write_all(int file, struct str bytes, struct error *error)
{
	while (bytes.len) {
		ssize_t n = write(file, bytes.ptr, bytes.len);
		if (n < 0 && errno == EINTR) continue;
		if (n < 0) return error_errno(error, NULL, "cannot write");
		bytes = str_slice(bytes, (size_t)n, bytes.len);
	}
	return true;
}

static bool copy(const struct file *from, int to, unsigned char sha256[SHA256_BYTES], struct error *error)
{
	enum { BLOCK = 1 << 16 };
	char block[BLOCK];
	struct sha256 hash;
	bool good = true;
	sha256_begin(&hash);
	for (uint64_t at = 0; good && at < from->size;) {
		size_t got = 0;
		good = file_read(from, at, block, BLOCK, &got, error) && write_all(to, str_of(block, got), error);
		sha256_add(&hash, block, got);
		at += got;
	}
	sha256_end(&hash, sha256);
	return good;
}

/* Writes it under another name, and gives it its own when it has been found right. */
static bool write_file(const struct extraction *x, const struct file *from, struct str path, int folder,
                       const char *name, struct error *error)
{
	unsigned char sha256[SHA256_BYTES];
	char temporary[64];
	snprintf(temporary, sizeof(temporary), ".extract.dossier-%ld", (long)getpid());
	int to = openat(folder, temporary, O_WRONLY | O_CREAT | O_EXCL | O_NOFOLLOW | O_CLOEXEC, 0666);
	if (to < 0) return error_errno(error, name, "cannot create");
	bool good = copy(from, to, sha256, error) && check(x, path, sha256, error);
	if (close(to) != 0 && good) good = error_errno(error, name, "cannot write");
	if (good && linkat(folder, temporary, folder, name, 0) != 0)
		good = errno == EEXIST ? error_set(error, ERROR_INPUT, name, "is there already: not replaced")
		                       : error_errno(error, name, "cannot create");
	unlinkat(folder, temporary, 0);
	return good;
}

static bool extract_one(const struct extraction *x, struct str path, struct error *error)
{
	struct arena arena = {0};
	struct file from;
	unsigned char sha256[SHA256_BYTES];
	size_t slash = str_rfind_char(path, '/');
	const char *name = str_cstr(&arena, slash == SIZE_MAX ? path : str_slice(path, slash + 1, path.len));
	bool good = file_open(&from, x->origin, str_cstr(&arena, path), error);
	int folder = good && x->top >= 0 ? open_folder(x->top, path, error) : -1;
	if (good && x->top < 0)
		good = copy(&from, STDOUT_FILENO, sha256, error) && check(x, path, sha256, error);
	else if (good)
		good = folder >= 0 && write_file(x, &from, path, folder, name, error);
	if (folder >= 0) close(folder);
	file_close(&from);
	arena_free(&arena);
	return good;
}

/* A file, or all below a folder. */
static bool extract_named(const struct extraction *x, struct str path, struct error *error)
{
	const struct packet_member *members;
	size_t count, found = 0;
	if (!str_ends(path, STR("/"))) return extract_one(x, path, error);
	if (!packet_members(x->packet, &members, &count, error)) return false;
	for (size_t i = 0; i < count; i++) {
		if (!str_starts(members[i].name, path)) continue;
		found++;
		if (!extract_one(x, members[i].name, error)) return false;
	}
	return found
	           ? true
	           : error_set(error, ERROR_INPUT, NULL, "there is nothing below '%.*s' in the packet", STR_ARG(path));
}

static bool extract(const char *path, char **names, int count, int top, struct error *error)
{
	struct extraction x = {.packet = packet_open(path, error), .top = top};
	bool good = x.packet && (x.origin = packet_origin(x.packet, error)) != NULL &&
	            packet_hashes_read(x.packet, &x.hashes, error);
	for (int i = 0; good && i < count; i++) good = extract_named(&x, str_from(names[i]), error);
	packet_hashes_free(&x.hashes);
	packet_close(x.packet);
	return good;
}

static int run(int argc, char **argv)
{
	static const struct option options[] = {COMMON_OPTIONS, {"output", required_argument, NULL, 'o'}, {0}};
	struct common common = {0};
	struct error error = {0};
	const char *target = ".";
	for (int option; (option = next_option(argc, argv, options, &extract_command, &common)) != -1;) {
		if (option != 'o') return option_status(option);
		target = optarg;
	}
	if (common.json) return usage_error(&extract_command, "there is no --json: what is written are the files");
	if (argc - optind < 2) return usage_error(&extract_command, "name a packet and the files");
	bool out = strcmp(target, "-") == 0;
	const char *last = argv[argc - 1];
	if (out && (argc - optind != 2 || last[strlen(last) - 1] == '/'))
		return usage_error(&extract_command, "one file, and no folder, goes to standard output");
	int top = out ? -1 : open(target, O_RDONLY | O_DIRECTORY | O_CLOEXEC);
	if (!out && top < 0) {
		error_errno(&error, target, "cannot open the folder");
		return report_error(&error);
	}
	bool good = extract(argv[optind], argv + optind + 1, argc - optind - 1, top, &error);
	if (top >= 0) close(top);
	return finish_output(good ? EXIT_DONE : report_error(&error));
}
