#include "cli/explain.h"

#include "cli/terminal.h"

#include <stdio.h>

/* ---- for people ---- */

enum { NEAR = 5 }; /* where no format bids: so many of those that come nearest */

static void print_bids(const struct explained_file *file)
{
	struct table table = {.columns = 4};
	size_t others = 0;
	for (size_t i = 0; i < file->bid_count; i++) {
		const struct explained_bid *bid = &file->bids[i];
		if (!bid->score && (file->format.len || !bid->held || ++others > NEAR)) continue;
		table_cell(&table, TONE_PLAIN, " ");
		table_cell(&table, i == 0 && bid->score ? TONE_GREEN : TONE_PLAIN, "%d", bid->score);
		table_str(&table, TONE_PLAIN, bid->format);
		table_str(&table, bid->score ? TONE_PLAIN : TONE_GREY, bid->why);
	}
	printf("  bids\n");
	if (table.count)
		table_print(&table, stdout, false);
	else
		printf("     none, and no format comes near\n");
	table_free(&table);
}

static void print_fields(const struct explained_field *fields, size_t count)
{
	struct table table = {.columns = 4};
	for (size_t i = 0; i < count; i++) {
		const struct explained_field *field = &fields[i];
		struct buf from = {0};
		for (size_t k = 0; k < field->source_count; k++) {
			if (k) buf_add(&from, STR(", "));
			buf_add(&from, field->sources[k]);
		}
		table_cell(&table, TONE_PLAIN, "  ");
		table_str(&table, TONE_PLAIN, field->name);
		table_str(&table, field->withheld ? TONE_YELLOW : TONE_PLAIN,
		          field->value.len ? field->value : STR("-"));
		table_str(&table, TONE_GREY, from.len ? buf_str(&from) : STR("-"));
		buf_free(&from);
	}
	table_print(&table, stdout, false);
	table_free(&table);
}

static void print_file(const struct explained_file *file)
{
	print_text(stdout, file->name);
	printf("\n  format  ");
	if (file->format.len)
		printf("%.*s (%.*s), with a bid of %d\n", STR_ARG(file->format), STR_ARG(file->spec),
		       file->bids[0].score);
	else
		printf("none that dossier knows\n");
	print_bids(file);
	if (!file->format.len) return;
	printf("  records\n");
	struct table table = {.columns = 4};
	for (size_t i = 0; i < file->path_count; i++) {
		table_cell(&table, TONE_PLAIN, "  ");
		table_str(&table, TONE_PLAIN, file->paths[i].kind);
		table_str(&table, TONE_PLAIN, file->paths[i].at.len ? file->paths[i].at : STR("(the document)"));
		table_cell(&table, TONE_PLAIN, "%llu", (unsigned long long)file->paths[i].records);
	}
	if (table.count)
		table_print(&table, stdout, false);
	else
		printf("     none\n");
	table_free(&table);
	printf("  document\n");
	print_fields(file->fields, file->field_count);
	for (size_t i = 0; i < file->record_count; i++) {
		const struct explained_record *record = &file->records[i];
		printf("  first of %.*s, at ", STR_ARG(record->kind));
		print_text(stdout, record->pointer.len ? record->pointer : STR("(the document)"));
		printf(" (byte %llu, %llu long)\n", (unsigned long long)record->offset,
		       (unsigned long long)record->length);
		if (record->problem.len) {
			printf("    unreadable: ");
			print_text(stdout, record->problem);
			printf("\n");
		}
		if (record->field_count) print_fields(record->fields, record->field_count);
	}
}

/* ---- JSON ---- */

static void put(struct buf *buf, const char *key, struct str value)
{
	buf_printf(buf, ",\"%s\":", key);
	buf_json(buf, value);
}

static void put_or_null(struct buf *buf, const char *key, struct str value)
{
	if (value.len)
		put(buf, key, value);
	else
		buf_printf(buf, ",\"%s\":null", key);
}

static void put_fields(struct buf *buf, const char *key, const struct explained_field *fields, size_t count)
{
	buf_printf(buf, ",\"%s\":[", key);
	for (size_t i = 0; i < count; i++) {
		buf_add(buf, i ? STR(",{\"field\":") : STR("{\"field\":"));
		buf_json(buf, fields[i].name);
		put(buf, "value", fields[i].value);
		buf_add(buf, STR(",\"from\":["));
		for (size_t k = 0; k < fields[i].source_count; k++) {
			if (k) buf_char(buf, ',');
			buf_json(buf, fields[i].sources[k]);
		}
		buf_add(buf, fields[i].withheld ? STR("],\"withheld\":true}") : STR("]}"));
	}
	buf_char(buf, ']');
}

static void put_file(struct buf *buf, const struct explained_file *file)
{
	buf_add(buf, STR("{\"path\":"));
	buf_json(buf, file->name);
	put_or_null(buf, "format", file->format);
	put_or_null(buf, "spec", file->spec);
	buf_add(buf, STR(",\"bids\":["));
	for (size_t i = 0; i < file->bid_count; i++) {
		buf_add(buf, i ? STR(",{\"format\":") : STR("{\"format\":"));
		buf_json(buf, file->bids[i].format);
		put(buf, "spec", file->bids[i].spec);
		buf_printf(buf, ",\"score\":%d", file->bids[i].score);
		put(buf, "why", file->bids[i].why);
		buf_char(buf, '}');
	}
	buf_add(buf, STR("],\"paths\":["));
	for (size_t i = 0; i < file->path_count; i++) {
		buf_add(buf, i ? STR(",{\"kind\":") : STR("{\"kind\":"));
		buf_json(buf, file->paths[i].kind);
		put(buf, "at", file->paths[i].at);
		buf_printf(buf, ",\"records\":%llu}", (unsigned long long)file->paths[i].records);
	}
	buf_char(buf, ']');
	put_fields(buf, "document", file->fields, file->field_count);
	buf_add(buf, STR(",\"records\":["));
	for (size_t i = 0; i < file->record_count; i++) {
		const struct explained_record *record = &file->records[i];
		buf_add(buf, i ? STR(",{\"kind\":") : STR("{\"kind\":"));
		buf_json(buf, record->kind);
		put(buf, "at", record->at);
		put(buf, "pointer", record->pointer);
		buf_printf(buf, ",\"offset\":%llu,\"length\":%llu", (unsigned long long)record->offset,
		           (unsigned long long)record->length);
		put_or_null(buf, "problem", record->problem);
		put_fields(buf, "fields", record->fields, record->field_count);
		buf_char(buf, '}');
	}
	buf_add(buf, STR("]}"));
}

void print_explanation(const struct explain *explain, bool json)
{
	struct buf buf = {0};
	if (!json) {
		for (size_t i = 0; i < explain->count; i++) print_file(&explain->files[i]);
		return;
	}
	buf_add(&buf, STR("{\"dossier\":\"explain\",\"version\":1,\"files\":["));
	for (size_t i = 0; i < explain->count; i++) {
		if (i) buf_char(&buf, ',');
		put_file(&buf, &explain->files[i]);
	}
	buf_add(&buf, STR("]}\n"));
	fwrite(buf.ptr, 1, buf.len, stdout);
	buf_free(&buf);
}
