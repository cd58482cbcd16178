#include "base/clock.h"

#include "base/mem.h"

#include <stdio.h>
#include <stdlib.h>
#include <time.h>

int64_t clock_now(void)
{
	struct timespec now;
	(void)clock_gettime(CLOCK_REALTIME, &now);
	return now.tv_sec;
}

int64_t clock_monotonic_ms(void)
{
	struct timespec now;
	(void)clock_gettime(CLOCK_MONOTONIC, &now);
	return (int64_t)now.tv_sec * 1000 + now.tv_nsec / 1000000;
}

const char *clock_rfc3339(int64_t seconds, char out[CLOCK_TEXT_SIZE])
{
	time_t when = (time_t)seconds;
	struct tm local = { 0 };
	if (localtime_r(&when, &local) == NULL)
		(void)gmtime_r(&(time_t) { 0 }, &local);
	size_t length = strftime(out, CLOCK_TEXT_SIZE, "%Y-%m-%dT%H:%M:%S", &local);
	long offset = local.tm_gmtoff / 60;
	if (offset == 0)
		(void)snprintf(out + length, CLOCK_TEXT_SIZE - length, "Z");
	else
		(void)snprintf(out + length, CLOCK_TEXT_SIZE - length, "%c%02d:%02d",
			       offset < 0 ? '-' : '+', (int)(labs(offset) / 60 % 24),
			       (int)(labs(offset) % 60));
	return out;
}

const char *clock_hour_minute(int64_t seconds, char out[CLOCK_TEXT_SIZE])
{
	time_t when = (time_t)seconds;
	struct tm local = { 0 };
	if (localtime_r(&when, &local) == NULL)
		(void)gmtime_r(&(time_t) { 0 }, &local);
	(void)strftime(out, CLOCK_TEXT_SIZE, "%H:%M", &local);
	return out;
}

const char *clock_day_minute(int64_t seconds, char out[CLOCK_TEXT_SIZE])
{
	(void)clock_rfc3339(seconds, out);
	out[sizeof "2026-11-22" - 1] = ' ';
	out[sizeof "2026-11-22 12:41" - 1] = '\0';
	return out;
}

const char *clock_age(int64_t seconds, char out[CLOCK_TEXT_SIZE])
{
	enum { MINUTE = 60, HOUR = 60 * MINUTE, DAY = 24 * HOUR, YEAR = 365 * DAY };
	static const struct {
		int64_t seconds;
		const char *unit;
	} units[] = { { YEAR, "y" }, { DAY, "d" }, { HOUR, "h" }, { MINUTE, "min" } };
	for (size_t i = 0; i < ARRAY_LENGTH(units); i++)
		if (seconds >= units[i].seconds) {
			(void)snprintf(out, CLOCK_TEXT_SIZE, "%lld %s",
				       (long long)(seconds / units[i].seconds), units[i].unit);
			return out;
		}
	(void)snprintf(out, CLOCK_TEXT_SIZE, "now");
	return out;
}
