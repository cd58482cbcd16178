#include "ui/widgets/scroll.h"

#include <stddef.h>

static bool can_stop(int row, bool (*skips)(const void *, int), const void *owner)
{
	return skips == NULL || !skips(owner, row);
}

/* The next row at or behind `row` in `direction` that can have the focus, else the one before. */
static int stop_from(int row, int direction, int count, bool (*skips)(const void *, int),
		     const void *owner)
{
	row = row < 0 ? 0 : row >= count ? count - 1 : row;
	for (int at = row; at >= 0 && at < count; at += direction)
		if (can_stop(at, skips, owner))
			return at;
	for (int at = row; at >= 0 && at < count; at -= direction)
		if (can_stop(at, skips, owner))
			return at;
	return -1;
}

bool scroll_act(struct scroll *scroll, enum action_id action, int count, int shown,
		bool (*skips)(const void *owner, int row), const void *owner)
{
	int target, direction = 1;
	switch (action) {
	case ACTION_UP: target = scroll->focus - 1, direction = -1; break;
	case ACTION_DOWN: target = scroll->focus + 1; break;
	case ACTION_PAGE_UP:
		target = scroll->focus - (shown > 1 ? shown - 1 : 1), direction = -1;
		break;
	case ACTION_PAGE_DOWN: target = scroll->focus + (shown > 1 ? shown - 1 : 1); break;
	case ACTION_FIRST: target = 0; break;
	case ACTION_LAST: target = count - 1, direction = -1; break;
	default:
		if (action < ACTION_ROW)
			return false;
		target = (int)action - ACTION_ROW;
	}
	if (count > 0)
		scroll->focus = stop_from(target, direction, count, skips, owner);
	return true;
}

void scroll_settle(struct scroll *scroll, int count, int shown)
{
	if (scroll->focus >= count)
		scroll->focus = count - 1;
	if (scroll->focus >= 0) {
		if (scroll->focus < scroll->first)
			scroll->first = scroll->focus;
		if (scroll->focus >= scroll->first + shown)
			scroll->first = scroll->focus - shown + 1;
	}
	if (scroll->first > count - shown)
		scroll->first = count - shown;
	if (scroll->first < 0)
		scroll->first = 0;
}
