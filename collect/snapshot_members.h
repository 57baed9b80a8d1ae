/* snapshot_members: what each member of a snapshot's records is, in the order in which a collected snapshot holds them.
 *
 * Two go through these lists: collect/append translates each number that stands for something else into the numbers of the
 * snapshot that takes the record, and collect/snapshot_codec writes and reads each member, or checks it. M(KIND, MEMBER) is given
 * once for each; a new member is a line here, and another number in docs/snapshot-format.md. The kinds:
 *
 *     string, unit, of_input, of_profile, of_component, of_waiver, of_finding   a number in that list of the snapshot
 *     maybe_input                                  the same, or UINT32_MAX
 *     first_finding, first_site                    where an input's begin; they may be none
 *     reached                                      a string that is translated but not written: it says nothing lasting
 *     u32, u64, i64, flag, packed, severity, ...   a value as it is
 *
 * What is not here is found out from all files together (duplicate, superseded, joined) or goes another way (frames).
 */
#ifndef DOSSIER_COLLECT_SNAPSHOT_MEMBERS_H
#define DOSSIER_COLLECT_SNAPSHOT_MEMBERS_H

#include "collect/snapshot.h"

/* clang-format off */
#define INPUT_MEMBERS(M) \
	M(string, path) M(reached, display) M(string, member) M(string, format) M(string, tool) M(string, tool_version) \
	M(string, scope) M(string, name_type) M(i64, captured) M(sha256, sha256) M(u64, bytes) M(u64, records) \
	M(u64, unreadable) M(u64, events) M(u64, classes) M(by_status, by_status) M(by_severity, by_severity) M(u64, subjects) \
	M(first_finding, first_finding) M(u32, finding_count) M(first_site, first_site) M(u32, site_count) M(u64, total) \
	M(flag, truncated) M(flag, cut_off) M(flag, next_link) M(flag, failed) M(flag, dated_by_records) M(string, named)

/* A row is written as it is, number by number; these are the members to check and to translate. */
#define PROFILE_MEMBERS(M) \
	M(string, tool) M(string, rule) M(string, title) M(string, subject) M(string, owner) M(string, ids) M(string, kinds) \
	M(string, policy) M(unit, unit) M(of_waiver, waiver) M(severity, severity) M(status, status) M(nature, nature)

#define WAIVER_MEMBERS(M) \
	M(string, kind) M(string, reason) M(string, by) M(string, until) M(string, products) M(waiver_state, state)

#define COMPONENT_MEMBERS(M) \
	M(string, package) M(string, version) M(string, fixed_version) M(string, purl) M(string, first_seen) M(string, message)

#define FINDING_MEMBERS(M) \
	M(packed, identity) M(packed, content) M(packed, span) M(of_profile, profile) M(of_component, component) \
	M(string, folder) M(string, file) M(u32, line) M(u32, masked) M(u32, message)

#define SITE_MEMBERS(M) M(of_finding, finding) M(string, parent) M(u32, index) M(flag, member)

#define COVERAGE_MEMBERS(M) M(unit, unit) M(of_input, input) M(flag, incomplete) M(rule_list, rules)

#define LISTED_RULE_MEMBERS(M) M(unit, unit) M(of_input, input) M(string, id) M(string, formerly)

#define FACT_MEMBERS(M) \
	M(string, subject) M(string, name) M(string, value) M(unit, unit) M(of_input, input) M(u64, span)

#define EVENT_MEMBERS(M) \
	M(string, subject) M(string, title) M(string, state) M(event_severity, severity) M(i64, ended) M(i64, arrived) \
	M(u64, span) M(of_input, input)

#define COMMAND_MEMBERS(M) \
	M(string, file) M(string, format) M(string, subject) M(string, text) M(string, failure) M(string, detail) \
	M(string, pointer) M(i64, ended) M(u64, span) M(of_input, input)

#define WARNING_MEMBERS(M) \
	M(code, code) M(gap, gap) M(string, pointer) M(string, message) M(u64, offset) M(u32, line) M(u32, column) \
	M(string, subject) M(string, command) M(maybe_input, input)
/* clang-format on */

#endif
