/* sentences: what analysis says in English (titles of gate rules and checks, messages of warnings), said in the report's language.
 *
 * Machine outputs, and the snapshots that carry warnings from one machine to another, hold English sentences, which stand
 * beside a stable code or name. The section "said" of report/en.json lists their forms, with {slots} for what they say of one
 * case; the same section of another language's file says how the form reads there. A sentence is read by its English form, and
 * written by the other:
 *
 *     en  "subscription {subscription} belongs to tenant {tenant}, expected {expected}"
 *     de  "Subscription {subscription} gehört zum Tenant {tenant}, erwartet war {expected}"
 *
 * A slot takes the text up to the first place where what follows it in the form stands; the last takes the rest. {n} and {of} are
 * whole numbers, a slot {side} is one of the words before and after, and what a slot whose name begins with "why" holds is a
 * sentence again. The first form that matches counts. What matches none stays as it is.
 */
#ifndef DOSSIER_RENDER_SENTENCES_H
#define DOSSIER_RENDER_SENTENCES_H

#include "render/pdf_texts.h"

/* Into texts->sentences. Nothing for English. False: a file lacks a form, has one of another language's slots, or one that is no text. */
bool sentences_load(struct texts *texts, struct error *error);
/* In the texts' arena, or the sentence itself. */
struct str sentences_say(const struct texts *texts, struct str english);
/* Each part between separators by itself. */
struct str sentences_say_parts(const struct texts *texts, struct str english, struct str separator);

#endif
