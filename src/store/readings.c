#include "store/readings.h"

#include "base/clock.h"
#include "base/mem.h"
#include "base/str.h"
#include "store/folders.h"
#include "store/numbers.h"

#include <stdlib.h>
#include <string.h>

enum {
	READINGS_FILE_MAX = 8 * 1024 * 1024, /* some 70,000 readings: more than numbers.json has */
	TIME_DIGITS_MAX = 18,		     /* what fits an int64_t */
};

static const char FILE_NAME[] = "readings.json";
static const char FILE_HEAD[] = "{\"schema\":1,\"readings\":[\n";
static const char FILE_END[] = "]}\n";

enum sip_word { SIP_OFF, SIP_DTLS, SIP_SDES };

static const char *const SIP_WORDS[] = { "off", "DTLS", "SDES" };
static const char *const CHECK_WORDS[] = { "none", "pass", "warn", "fail", "unclear" };

void readings_init(struct readings *readings)
{
	*readings = (struct readings) { 0 };
}

void readings_release(struct readings *readings)
{
	free(readings->items);
	free(readings->path);
	readings_init(readings);
}

/* --- the entries ------------------------------------------------------------------------------ */

static uint64_t id_of(const char *digits)
{
	return strtoull(digits, NULL, 16);
}

/* The place of `id`, or where it belongs. */
static size_t place_of(const struct readings *readings, uint64_t id)
{
	size_t from = 0, to = readings->count;
	while (from < to) {
		size_t middle = from + (to - from) / 2;
		if (readings->items[middle].id < id)
			from = middle + 1;
		else
			to = middle;
	}
	return from;
}

static bool is_at(const struct readings *readings, size_t place, uint64_t id)
{
	return place < readings->count && readings->items[place].id == id;
}

const struct reading *readings_find(const struct readings *readings, const char *digits)
{
	uint64_t id = id_of(digits);
	size_t place = place_of(readings, id);
	return is_at(readings, place, id) && !readings->items[place].is_forgotten
		       ? &readings->items[place]
		       : NULL;
}

struct reading *readings_put(struct readings *readings, const char *digits)
{
	uint64_t id = id_of(digits);
	size_t place = place_of(readings, id);
	bool is_new = !is_at(readings, place, id);
	readings->is_changed = true;
	if (is_new) {
		readings->items =
			mem_grow(readings->items, readings->count, sizeof *readings->items);
		memmove(&readings->items[place + 1], &readings->items[place],
			(readings->count++ - place) * sizeof *readings->items);
	}
	struct reading *reading = &readings->items[place];
	if (is_new || reading->is_forgotten)
		*reading = (struct reading) { .id = id };
	return reading;
}

void readings_forget(struct readings *readings, const char *id)
{
	if (readings_find(readings, id) != NULL)
		readings_put(readings, id)->is_forgotten = true;
}

/* --- the file --------------------------------------------------------------------------------- */

/* The file is read strictly as it is written here: 10,000 entries stand before the first frame. */
struct scan {
	const char *at;
	const char *end;
	bool is_damaged;
};

/* Inline, so that the literals' lengths are known where they are compared. */
static inline void literal_scan(struct scan *scan, const char *literal)
{
	size_t length = strlen(literal);
	if ((size_t)(scan->end - scan->at) < length || memcmp(scan->at, literal, length) != 0) {
		scan->is_damaged = true;
		return;
	}
	scan->at += length;
}

/* The value of the digits that stand next; how many they are goes to `count`. */
static uint64_t digits_scan(struct scan *scan, unsigned base, size_t *count)
{
	const char *at = scan->at;
	uint64_t value = 0;
	for (;; at++) {
		unsigned digit = *at >= '0' && *at <= '9'   ? (unsigned)(*at - '0')
				 : *at >= 'a' && *at <= 'f' ? (unsigned)(*at - 'a') + 10
							    : base;
		if (digit >= base)
			break;
		value = value * base + digit;
	}
	*count = (size_t)(at - scan->at);
	scan->at = at;
	return value;
}

static int64_t time_scan(struct scan *scan, int64_t now)
{
	size_t count;
	uint64_t seconds = digits_scan(scan, 10, &count);
	if (count == 0 || count > TIME_DIGITS_MAX)
		scan->is_damaged = true;
	/* A clock that went wrong once must not keep what it noted for ever. */
	return seconds > (uint64_t)now ? 0 : (int64_t)seconds;
}

/* The words begin with different letters. */
static size_t word_scan(struct scan *scan, const char *const *words, size_t count)
{
	for (size_t i = 0; i < count; i++)
		if (*scan->at == words[i][0]) {
			literal_scan(scan, words[i]);
			return i;
		}
	scan->is_damaged = true;
	return 0;
}

static uint64_t id_scan(struct scan *scan)
{
	size_t count;
	uint64_t id = digits_scan(scan, 16, &count);
	if (count != NUMBER_ID_LENGTH)
		scan->is_damaged = true;
	return id;
}

static struct reading entry_scan(struct scan *scan, int64_t now)
{
	struct reading reading = { 0 };
	literal_scan(scan, "{\"id\":\"");
	reading.id = id_scan(scan);
	literal_scan(scan, "\",\"read_at\":");
	reading.read_at = time_scan(scan, now);
	literal_scan(scan, ",\"sip\":\"");
	size_t sip = word_scan(scan, SIP_WORDS, ARRAY_LENGTH(SIP_WORDS));
	reading.sip_enabled = sip != SIP_OFF;
	reading.srtp_is_sdes = sip == SIP_SDES;
	literal_scan(scan, "\",\"check\":\"");
	reading.check = (enum reading_check)word_scan(scan, CHECK_WORDS, ARRAY_LENGTH(CHECK_WORDS));
	literal_scan(scan, "\",\"checked_at\":");
	reading.checked_at = time_scan(scan, now);
	literal_scan(scan, "}");
	return reading;
}

static void entries_scan(struct scan *scan, struct readings *readings)
{
	int64_t now = clock_now();
	literal_scan(scan, FILE_HEAD);
	while (!scan->is_damaged && *scan->at == '{') {
		struct reading reading = entry_scan(scan, now);
		literal_scan(scan, *scan->at == ',' ? ",\n" : "\n");
		if (readings->count > 0 && readings->items[readings->count - 1].id >= reading.id)
			scan->is_damaged = true;
		readings->items =
			mem_grow(readings->items, readings->count, sizeof *readings->items);
		readings->items[readings->count++] = reading;
	}
	literal_scan(scan, FILE_END);
}

/* Fills an empty cache. False only where the file is refused. */
static bool file_scan(struct readings *readings, const char *path, struct err *err)
{
	struct str bytes;
	struct err problem;
	bool exists = false;
	str_init(&bytes);
	err_init(&problem);
	bool done = store_read(path, READINGS_FILE_MAX, &bytes, &exists, &problem);
	struct scan scan = { .at = bytes.bytes, .end = bytes.bytes + bytes.length };
	if (done && exists)
		entries_scan(&scan, readings);
	if (scan.is_damaged)
		readings_release(readings);
	str_release(&bytes);
	if (done || problem.kind == ERR_INPUT) /* too large is damaged as well */
		return true;
	if (err != NULL)
		*err = problem;
	return false;
}

bool readings_load(struct readings *readings, struct err *err)
{
	char *path = store_path(STORE_STATE, FILE_NAME, err);
	if (path == NULL)
		return false;
	if (!file_scan(readings, path, err)) {
		free(path);
		return false;
	}
	readings->path = path;
	return true;
}

/* --- saving ----------------------------------------------------------------------------------- */

static void entry_write(const struct reading *reading, struct str *out)
{
	enum sip_word sip = !reading->sip_enabled   ? SIP_OFF
			    : reading->srtp_is_sdes ? SIP_SDES
						    : SIP_DTLS;
	str_addf(out,
		 "{\"id\":\"%016llx\",\"read_at\":%lld,\"sip\":\"%s\",\"check\":\"%s\","
		 "\"checked_at\":%lld}",
		 (unsigned long long)reading->id, (long long)reading->read_at, SIP_WORDS[sip],
		 CHECK_WORDS[reading->check], (long long)reading->checked_at);
}

static struct reading entry_merged(const struct reading *ours, const struct reading *theirs)
{
	struct reading merged = *ours;
	if (theirs->read_at > ours->read_at) {
		merged.read_at = theirs->read_at;
		merged.sip_enabled = theirs->sip_enabled;
		merged.srtp_is_sdes = theirs->srtp_is_sdes;
	}
	if (theirs->checked_at > ours->checked_at) {
		merged.checked_at = theirs->checked_at;
		merged.check = theirs->check;
	}
	return merged;
}

/* All three are sorted by id. */
static void entries_merge(const struct readings *ours, const struct readings *theirs,
			  struct readings *merged)
{
	size_t i = 0, j = 0;
	while (i < ours->count || j < theirs->count) {
		bool is_ours = j == theirs->count ||
			       (i < ours->count && ours->items[i].id <= theirs->items[j].id);
		bool is_theirs = i == ours->count ||
				 (j < theirs->count && theirs->items[j].id <= ours->items[i].id);
		struct reading entry = is_ours ? ours->items[i] : theirs->items[j];
		if (is_ours && is_theirs)
			entry = entry_merged(&ours->items[i], &theirs->items[j]);
		i += is_ours;
		j += is_theirs;
		if (entry.is_forgotten)
			continue;
		merged->items = mem_grow(merged->items, merged->count, sizeof *merged->items);
		merged->items[merged->count++] = entry;
	}
}

static bool file_write(const struct readings *readings, const char *path, struct err *err)
{
	struct str bytes;
	str_init(&bytes);
	str_add(&bytes, FILE_HEAD);
	for (size_t i = 0; i < readings->count; i++) {
		entry_write(&readings->items[i], &bytes);
		str_add(&bytes, i + 1 < readings->count ? ",\n" : "\n");
	}
	str_add(&bytes, FILE_END);
	bool done = store_write(path, bytes.bytes, bytes.length, err);
	str_release(&bytes);
	return done;
}

bool readings_save(struct readings *readings, struct err *err)
{
	if (readings->path == NULL || !readings->is_changed)
		return true;
	struct readings stored, merged;
	int lock = store_lock(readings->path, err);
	if (lock < 0)
		return false;
	readings_init(&stored);
	readings_init(&merged);
	bool done = file_scan(&stored, readings->path, err);
	if (done) {
		entries_merge(readings, &stored, &merged);
		done = file_write(&merged, readings->path, err);
	}
	if (done) {
		merged.path = mem_text(readings->path);
		readings_release(readings);
		*readings = merged;
		readings_init(&merged);
	}
	readings_release(&stored);
	readings_release(&merged);
	store_unlock(lock);
	return done;
}
