/* summary: the lines that a board would read, on a terminal. */
#ifndef DOSSIER_CLI_SUMMARY_H
#define DOSSIER_CLI_SUMMARY_H

#include "analyze/result.h"

#include <stdio.h>

/* The verdict and the rules that fail. */
void summary_verdict(const struct result *result, FILE *out);
void summary_print(const struct result *result, FILE *out);

#endif
