#include "tests/support/many_numbers.h"

#include "base/file.h"
#include "base/mem.h"
#include "base/str.h"

#include <stdio.h>
#include <stdlib.h>

enum { STEP = 7919 /* a prime: its multiples go through all places in a wild order */ };

static bool file_put(const char *home, const char *folder, const char *name,
		     const struct str *content)
{
	struct err err;
	char *below = mem_format("%s/%s/sipdesk", home, folder);
	char *path = mem_format("%s/%s", below, name);
	bool done = file_folder_make(below, &err) &&
		    file_write_whole(path, content->bytes, content->length, 0600, &err);
	if (!done)
		(void)fprintf(stderr, "%s\n", err.sentence);
	free(path);
	free(below);
	return done;
}

static void number_add(struct str *out, size_t number)
{
	static const char *const towns[] = { "berlin", "hamburg", "köln", "münchen" };
	static const char *const trades[] = { "Bakery", "Clinic", "Hotel", "Outlet", "Service" };
	str_addf(out,
		 "    {\n      \"id\": \"%016zx\",\n      \"label\": \"Customer %zu %s\",\n"
		 "      \"phone_number\": \"+49%zu\",\n"
		 "      \"api_url\": \"https://waba-v2.360dialog.io\",\n      \"key\": \"vault\",\n"
		 "      \"tags\": [\"%s\", \"retail\"],\n"
		 "      \"note\": \"Ask the owner before changes.\"\n    }",
		 number, number, trades[number % ARRAY_LENGTH(trades)], 3000000000 + number * 37,
		 towns[number % ARRAY_LENGTH(towns)]);
}

static void reading_add(struct str *out, size_t number)
{
	static const char *const states[] = { "off", "DTLS", "SDES" };
	static const char *const checks[] = { "none", "pass", "fail" };
	str_addf(out,
		 "{\"id\":\"%016zx\",\"read_at\":%zu,\"sip\":\"%s\",\"check\":\"%s\","
		 "\"checked_at\":%zu}",
		 number, 1700000000 + number, states[number % ARRAY_LENGTH(states)],
		 checks[number / 3 % ARRAY_LENGTH(checks)], 1700000000 + number);
}

bool many_numbers_write(const char *home, size_t count)
{
	struct str numbers, readings;
	str_init(&numbers);
	str_init(&readings);
	str_add(&numbers, "{\n  \"schema\": 1,\n  \"numbers\": [\n");
	str_add(&readings, "{\"schema\":1,\"readings\":[\n");
	for (size_t i = 0; i < count; i++) {
		number_add(&numbers, i * STEP % count + 1);
		reading_add(&readings, i + 1);
		str_add(&numbers, i + 1 < count ? ",\n" : "\n");
		str_add(&readings, i + 1 < count ? ",\n" : "\n");
	}
	str_add(&numbers, "  ]\n}\n");
	str_add(&readings, "]}\n");
	bool done = file_put(home, ".config", "numbers.json", &numbers) &&
		    file_put(home, ".local/state", "readings.json", &readings);
	str_release(&numbers);
	str_release(&readings);
	return done;
}
