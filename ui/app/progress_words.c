#include "ui/app/progress_words.h"

#include "base/clock.h"
#include "base/mem.h"

enum { SECOND_MS = 1000 };

char *progress_words(const struct send *send)
{
	struct client_progress progress = send_progress(send);
	int64_t now = clock_monotonic_ms();
	/* It was read, and is once more: a request of before may be carried out late. */
	bool is_doubt = send->step == SEND_REREAD && send->has_result;
	if (progress.waiting_until_ms > now)
		return mem_format(progress.is_rate_limited ? "the service asks to wait: %lld s"
				  : is_doubt ? "again in %lld s, as a request may arrive late"
					     : "again in %lld s",
				  (long long)(progress.waiting_until_ms - now + SECOND_MS - 1) /
					  SECOND_MS);
	if (progress.started_ms > 0 && now - progress.started_ms >= SECOND_MS)
		return progress.attempt > 1
			       ? mem_format("%lld s, try %d",
					    (long long)(now - progress.started_ms) / SECOND_MS,
					    progress.attempt)
			       : mem_format("%lld s",
					    (long long)(now - progress.started_ms) / SECOND_MS);
	return mem_text("");
}
