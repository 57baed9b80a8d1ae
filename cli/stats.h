/* stats: where time and memory went, for --stats. Nothing is measured, and nothing said, unless it was asked for.
 *
 * A stage lasts until the next one begins; stages run one after another on the main thread. Parts run inside a stage, on any
 * thread, and are told with the processor time that they took.
 */
#ifndef DOSSIER_CLI_STATS_H
#define DOSSIER_CLI_STATS_H

#include <stdint.h>
#include <stdio.h>

void stats_ask(void);
/* name: a literal. NULL ends the last stage. */
void stats_stage(const char *name);
/* Processor time of the calling thread, in nanoseconds; 0 if nobody asked. */
uint64_t stats_clock(void);
/* name: a literal, since: what stats_clock said at the part's beginning, bytes: what it wrote. */
void stats_part(const char *name, uint64_t since, uint64_t bytes);
/* The table, once; ends the last stage. Seconds on the clock, seconds of processors, processors busy on average, and the most
 * memory that the process ever had up to the stage's end, as the kernel counts it. */
void stats_print(FILE *out);

#endif
