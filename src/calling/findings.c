#include "calling/findings.h"

#include "base/mem.h"

#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>

void findings_init(struct findings *findings)
{
	*findings = (struct findings) { 0 };
}

void findings_release(struct findings *findings)
{
	for (size_t i = 0; i < findings->count; i++)
		free(findings->items[i].sentence);
	free(findings->items);
	findings_init(findings);
}

void findings_add(struct findings *findings, enum severity severity, struct field_ref ref,
		  const char *format, ...)
{
	va_list arguments;
	va_start(arguments, format);
	int length = vsnprintf(NULL, 0, format, arguments);
	va_end(arguments);
	size_t size = length < 0 ? 1 : (size_t)length + 1;
	char *sentence = mem_alloc(size, 1);
	va_start(arguments, format);
	(void)vsnprintf(sentence, size, format, arguments);
	va_end(arguments);

	findings->items = mem_grow(findings->items, findings->count, sizeof *findings->items);
	findings->items[findings->count++] = (struct finding) {
		.severity = severity,
		.ref = ref,
		.sentence = sentence,
	};
}

const struct finding *findings_for(const struct findings *findings, struct field_ref ref)
{
	const struct finding *gravest = NULL;
	for (size_t i = 0; i < findings->count; i++) {
		const struct finding *item = &findings->items[i];
		if (field_ref_equal(item->ref, ref) &&
		    (gravest == NULL || item->severity > gravest->severity))
			gravest = item;
	}
	return gravest;
}

size_t findings_count(const struct findings *findings, enum severity severity)
{
	size_t count = 0;
	for (size_t i = 0; i < findings->count; i++)
		count += findings->items[i].severity == severity;
	return count;
}

const char *severity_word(enum severity severity)
{
	static const char *const words[] = {
		[SEVERITY_PASS] = "pass",
		[SEVERITY_INFO] = "info",
		[SEVERITY_WARNING] = "warn",
		[SEVERITY_FAILURE] = "fail",
	};
	return words[severity];
}
