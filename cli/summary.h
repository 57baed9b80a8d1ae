/* summary: the lines that a board would read, on a terminal. */
#ifndef DOSSIER_CLI_SUMMARY_H
#define DOSSIER_CLI_SUMMARY_H

#include "analyze/result.h"

#include <stdio.h>

void summary_print(const struct result *result, FILE *out);

#endif
