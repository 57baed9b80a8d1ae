/* pdf_texts_list: the keys of the report's texts, by section, in the order of templates/report/en.json. A vocabulary
 * (severity, side, status, outcome ...) is in the order of its enum: WORD() of pdf_report_parts.h counts on it.
 */
#ifndef DOSSIER_RENDER_PDF_TEXTS_LIST_H
#define DOSSIER_RENDER_PDF_TEXTS_LIST_H

/* clang-format off */
#define REPORT_TEXTS(X) \
	X(document, marking) X(document, subject) X(document, no_change) X(document, footer) X(document, digest) \
	X(document, page) X(document, of) \
	X(number, group) X(number, decimal) X(number, minus) X(number, percent) X(number, none) \
	X(severity, critical) X(severity, high) X(severity, medium) X(severity, low) X(severity, info) \
	X(severity, unknown) \
	X(side, before) X(side, after) \
	X(status, fail) X(status, pass) X(status, manual) X(status, not_applicable) X(status, informational) \
	X(status, error) X(status, suppressed) X(status, archived) \
	X(outcome, unchanged) X(outcome, updated) X(outcome, fixed) X(outcome, fixed_verified) \
	X(outcome, dismissed) X(outcome, not_reassessed) X(outcome, new) X(outcome, newly_in_scope) \
	X(outcome, reopened) \
	X(updated, location) X(updated, severity) X(updated, version) X(updated, message) \
	X(fact, unchanged) X(fact, added) X(fact, removed) X(fact, changed) X(fact, not_reassessed) \
	X(check, not_assessed) X(check, pass) X(check, fail) \
	X(expect, met) X(expect, not_met) X(expect, no_evidence) \
	X(objective, met) X(objective, not_met) X(objective, not_provable) \
	X(control, not_satisfied) X(control, manual_review) X(control, satisfied_with_exceptions) \
	X(control, satisfied) X(control, no_evidence) \
	X(exception, invalid) X(exception, not_yet_valid) X(exception, expired) X(exception, unused) \
	X(exception, expiring) X(exception, active) \
	X(gate_state, pass) X(gate_state, fail) \
	X(gap, none) X(gap, scope) X(gap, permission) X(gap, environment) X(gap, network) X(gap, stale) \
	X(gap, health) X(gap, state) \
	X(gap_means, none) X(gap_means, scope) X(gap_means, permission) X(gap_means, environment) \
	X(gap_means, network) X(gap_means, stale) X(gap_means, health) X(gap_means, state) \
	X(list, first) X(list, all) X(list, by_severity) X(list, by_subject) X(list, by_change) X(list, by_path) \
	X(list, by_policy) X(list, no_subject) X(list, side_path) X(list, resource) \
	X(decision, title) X(decision, bookmark) X(decision, subtitle) X(decision, undated) X(decision, from_to) \
	X(decision, files) X(decision, tools) X(decision, subscriptions) X(decision, ready) \
	X(decision, not_ready) X(decision, rules_fail) X(decision, rule_numbers) X(decision, more_rules) \
	X(decision, and_more) X(decision, caution) X(decision, not_said) X(decision, more_objectives) \
	X(decision, evidence_title) X(decision, evidence) X(decision, redacted) X(decision, absent) X(decision, digest) X(decision, how_to_check) \
	X(change, title) X(change, id) X(change, owner) X(change, approver) X(change, window) X(change, scope) \
	X(change, rollback) X(change, tenant) X(change, subscriptions) X(change, subjects) X(change, none) \
	X(gaps, title) X(gaps, findings_n) X(gaps, findings) X(gaps, missing_n) X(gaps, missing) \
	X(gaps, not_exported_n) X(gaps, not_exported) X(gaps, cut_off_n) X(gaps, cut_off) X(gaps, failed_n) \
	X(gaps, failed) X(gaps, unreadable_n) X(gaps, unreadable) X(gaps, stopped_n) X(gaps, stopped) \
	X(gaps, stale_n) X(gaps, stale) X(gaps, outside_n) X(gaps, outside) X(gaps, checks_n) X(gaps, checks) \
	X(gaps, facts_n) X(gaps, facts) X(gaps, unknown_n) X(gaps, unknown) X(gaps, newly_n) X(gaps, newly) \
	X(gaps, more_n) X(gaps, more) X(gaps, requirement) \
	X(effect, title) X(effect, severity) X(effect, before) X(effect, fixed) X(effect, fixed_of) \
	X(effect, dismissed) X(effect, not_reassessed) X(effect, still) X(effect, rerated) X(effect, new) \
	X(effect, newly_in_scope) X(effect, after) X(effect, common) X(effect, all) X(effect, bars) \
	X(effect, legend_assessed) X(effect, legend_hatched) X(effect, subjects) X(effect, subjects_of) X(effect, no_subjects) \
	X(flow, title) X(flow, note) X(flow, before) X(flow, after) X(flow, outcome) \
	X(objectives, title) X(objectives, objective) X(objectives, target) X(objectives, measured) \
	X(objectives, state) X(objectives, before) X(objectives, after) X(objectives, none) \
	X(objectives, no_change) X(objectives, note) X(objectives, seconds) X(objectives, attested) \
	X(objectives, attested_by) X(objectives, source) \
	X(exceptions, page_title) X(exceptions, title) X(exceptions, none_n) X(exceptions, none) \
	X(exceptions, state_n) X(exceptions, cover) X(exceptions, cover_open_ended) X(exceptions, expired) \
	X(exceptions, invalid) X(exceptions, not_yet) X(exceptions, unused) X(exceptions, more) \
	X(exceptions, no_owner) X(exceptions, none_at_all) X(exceptions, note) X(exceptions, exception) \
	X(exceptions, state) X(exceptions, who) X(exceptions, expires) X(exceptions, days) X(exceptions, before) \
	X(exceptions, after) X(exceptions, order) X(exceptions, records) X(exceptions, milestone) \
	X(exceptions, milestone_done) X(exceptions, milestone_overdue) X(exceptions, owner_is) X(exceptions, approver_is) \
	X(controls, title) X(controls, count) X(controls, listed_n) X(controls, control) X(controls, name) \
	X(controls, open) X(controls, pass) X(controls, excepted) X(controls, order) \
	X(controls, before) X(controls, after) X(controls, lost) X(controls, framework) X(controls, source) \
	X(controls, disagrees) X(controls, rule) X(controls, holding) X(controls, all) X(controls, legend) \
	X(controls, heat_order) \
	X(sign, title) X(sign, note) X(sign, role) X(sign, name) X(sign, decision) X(sign, date) \
	X(sign, signature) X(sign, preparer) X(sign, owner) X(sign, reviewer) X(sign, auditor) X(sign, approver) \
	X(sign, prepared) X(sign, reviewed) X(sign, approved) X(sign, approved_by) \
	X(contents, title) X(contents, section) X(contents, entries) X(contents, page) \
	X(facts, title) X(facts, subject) X(facts, facts) X(facts, fact) X(facts, before) X(facts, after) \
	X(facts, outcome) X(facts, empty) X(facts, whole) X(facts, whole_added) X(facts, whole_removed) \
	X(facts, order) X(facts, summary) X(facts, lost_title) X(facts, lost_note) \
	X(checks, title) X(checks, what) X(checks, none) X(checks, summary) X(checks, order) X(checks, heading) \
	X(checks, change) X(checks, subject) X(checks, owner) \
	X(estate, title) X(estate, note) X(estate, order) X(estate, subscription) X(estate, plan) X(estate, clusters) \
	X(estate, sensors) X(estate, registries) X(estate, scanned) X(estate, arc) X(estate, owner) X(estate, of) \
	X(estate, timeline) X(estate, timeline_note) X(estate, timeline_none) X(estate, window) \
	X(estate, as_of) X(estate, roles_title) X(estate, roles_note) X(estate, roles_none) X(estate, roles_order) \
	X(estate, principal) X(estate, role) X(estate, powers) X(estate, power_clusters) X(estate, power_images) \
	X(estate, power_grants) X(estate, outcome) \
	X(cost, title) X(cost, note) X(cost, at_least) X(cost, quantity) X(cost, before) X(cost, after) X(cost, plan_clusters) \
	X(cost, plan_vcores) X(cost, clusters) X(cost, running) X(cost, vcores) X(cost, unsized) X(cost, arc) \
	X(cost, arc_cores) X(cost, registries) X(cost, repositories) X(cost, scanned) X(cost, images) X(cost, manifests) \
	X(cost, overlapping_plans) X(cost, overlap) \
	X(expects, section) X(expects, no_change) X(expects, title) X(expects, none) X(expects, id) \
	X(expects, demand) X(expects, demands) X(expects, met) X(expects, not_met) X(expects, no_evidence) \
	X(expects, state) X(expects, offenders) \
	X(requires, title) X(requires, format) X(requires, subject) X(requires, side) X(requires, state) \
	X(requires, any) X(requires, there) X(requires, missing) \
	X(lost, title) X(lost, what) X(lost, summary) X(lost, unit) X(lost, all) X(lost, why) X(lost, error) \
	X(lost, absent) X(lost, failed) X(lost, cut_off) X(lost, incomplete) \
	X(notices, title) X(notices, none) X(notices, note) X(notices, order) X(notices, class) \
	X(notices, where) X(notices, what) X(notices, owner) X(notices, command) \
	X(findings, title) X(findings, note) X(findings, owners_title) X(findings, without_owner) \
	X(findings, owner_order) X(findings, fresh_title) X(findings, fresh_note) X(findings, fresh_none) \
	X(findings, open_title) X(findings, open_note) X(findings, open_none) X(findings, dismissed_title) \
	X(findings, dismissed_note) X(findings, dismissed_none) X(findings, order) X(findings, severity) \
	X(findings, what) X(findings, where) X(findings, owner) X(findings, outcome) X(findings, now) \
	X(findings, evidence) X(findings, open) X(findings, nobody) X(findings, updated_by) X(findings, covered) \
	X(findings, offset) \
	X(gate, title) X(gate, note_ready) X(gate, note_not_ready) X(gate, state) X(gate, rule) X(gate, value) \
	X(gate, limit) X(gate, offenders) X(gate, and_more) X(gate, advisory) X(gate, advisory_fail) \
	X(inputs, title) X(inputs, note) X(inputs, side) X(inputs, none) X(inputs, path) X(inputs, sha256) \
	X(inputs, captured) X(inputs, records) X(inputs, warnings_n) X(inputs, group) X(inputs, cut_off) \
	X(inputs, failed) X(inputs, duplicate) X(inputs, superseded) X(inputs, redacted) X(inputs, redacted_rule) \
	X(inputs, replaced_n) X(inputs, unsearched) X(inputs, not_carried) X(inputs, carried) \
	X(verify, title) X(verify, intro) X(verify, unpack) X(verify, manifests) X(verify, digest) \
	X(verify, digest_is) X(verify, digest_is_listed) X(verify, signature) X(verify, record) X(verify, dossier) \
	X(glossary, title) X(glossary, sums) X(glossary, open) X(glossary, open_means) X(glossary, unit) \
	X(glossary, unit_means) X(glossary, common) X(glossary, common_means) X(glossary, subject) \
	X(glossary, subject_means) X(glossary, exception) X(glossary, exception_means) X(glossary, id) \
	X(glossary, id_means) \
	X(outcome_means, unchanged) X(outcome_means, updated) X(outcome_means, fixed) \
	X(outcome_means, fixed_verified) X(outcome_means, dismissed) X(outcome_means, not_reassessed) \
	X(outcome_means, new) X(outcome_means, newly_in_scope) X(outcome_means, reopened) \
	X(html, skip) X(html, sections) X(html, all_title) X(html, all_note) X(html, block) X(html, from) X(html, search) \
	X(html, any) X(html, outcome) X(html, shown) X(html, bytes) X(html, sign_note)
/* clang-format on */

#endif
