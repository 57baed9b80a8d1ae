/* What a compiled expression is: expr.c makes it, expr_eval.c evaluates it. Private to both. */
#ifndef DOSSIER_COLLECT_EXPR_PRIVATE_H
#define DOSSIER_COLLECT_EXPR_PRIVATE_H

#include "collect/expr.h"

enum op {
	OP_FIELD,
	OP_DOCUMENT,
	OP_DOCUMENT_ALL,
	OP_NAME,
	OP_PARENT,
	OP_LITERAL,
	OP_FIRST,
	OP_ALL,
	OP_RAW,
	OP_JOIN,
	OP_MAP,
	OP_BANDS,
	OP_CUT,
	OP_IMAGE,
	OP_LOWER,
	OP_IF,
	OP_LOOKUP,
	OP_IDS,
	OP_CONTROLS,
};

struct pair {
	struct str from, to;
	double bound;
};

struct expr {
	enum op op;
	int field;       /* OP_FIELD, OP_ALL, OP_RAW */
	int up;          /* OP_PARENT, OP_LOOKUP in a list beside the record's: how many tokens out */
	struct str text; /* pointer, literal, separator, `after` */
	struct str until, by, get;
	bool deep;
	bool whole, last, has_else, has_after, has_until;
	bool constant; /* the same for the whole document, and not cheap: found once */
	struct expr **parts;
	size_t part_count;
	struct pair *pairs;
	size_t pair_count;
};

/* Pointer of what is so many tokens out from the records at `at`: "/runs/" "*" "/results/" "*" and 2: "/runs/" "*". */
bool expr_outer(struct str at, int up, struct str *out);

#endif
