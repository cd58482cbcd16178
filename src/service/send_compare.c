#include "service/send_compare.h"

#include "calling/merge.h"
#include "calling/value_paths.h"

enum side { BEFORE, SHOWN, WANTED };

void comparison_init(struct comparison *comparison)
{
	*comparison = (struct comparison) { 0 };
	changes_init(&comparison->differences);
	changes_init(&comparison->also_changed);
}

void comparison_release(struct comparison *comparison)
{
	changes_release(&comparison->differences);
	changes_release(&comparison->also_changed);
	comparison_init(comparison);
}

static bool row_is_srtp(const struct value_row *row)
{
	const struct value_path *before = row->sides[BEFORE];
	return before != NULL && before->ref.field == FIELD_SRTP;
}

static void row_compare(struct comparison *comparison, const struct value_row *row,
			bool srtp_was_written, bool numbered)
{
	const struct value_path *before = row->sides[BEFORE];
	const struct value_path *wanted = row->sides[WANTED];
	const struct value_path *shown = row->sides[SHOWN];
	bool is_srtp = row_is_srtp(row);
	bool is_of_new = before == NULL && wanted != NULL; /* what the service adds to it is ours */
	bool is_wanted =
		is_of_new || !value_path_same(before, wanted) || (is_srtp && srtp_was_written);
	bool has_moved = !value_path_same(before, shown);
	if (is_wanted && has_moved)
		comparison->nothing_shows = false;
	if (is_wanted && !value_path_same(wanted, shown)) {
		comparison->missing += !is_srtp;
		comparison->srtp_is_missing = comparison->srtp_is_missing || is_srtp;
		value_change_add(&comparison->differences, wanted, shown, numbered);
	} else if (!is_wanted && has_moved) {
		value_change_add(&comparison->also_changed, before, shown, numbered);
	}
}

void comparison_compute(struct comparison *comparison, const struct calling_values *before,
			const struct calling_values *wanted, const struct calling_values *shown,
			bool srtp_was_written)
{
	/* The merge puts each server in one place on all three sides. */
	struct merge aligned;
	merge_compute(&aligned, before, shown, wanted);
	bool numbered = value_servers_numbered(&aligned.base) ||
			value_servers_numbered(&aligned.mine) ||
			value_servers_numbered(&aligned.theirs);
	struct value_walk walk;
	value_walk_init(&walk);
	value_walk_add(&walk, &aligned.base, NULL, true);
	value_walk_add(&walk, &aligned.theirs, NULL, true);
	value_walk_add(&walk, &aligned.mine, NULL, true);
	comparison->nothing_shows = true;
	for (struct value_row row; value_walk_next(&walk, &row);)
		row_compare(comparison, &row, srtp_was_written, numbered);
	value_walk_release(&walk);
	merge_release(&aligned);
}
