#include "ui/app/request_text.h"

#include "base/json.h"
#include "base/mem.h"
#include "calling/requests.h"

#include <stdlib.h>
#include <string.h>

/* `text` within single quotes for a POSIX shell. */
static void shell_quote(const char *text, struct str *out)
{
	str_add_char(out, '\'');
	for (; *text != '\0'; text++)
		if (*text == '\'')
			str_add(out, "'\\''");
		else
			str_add_char(out, *text);
	str_add_char(out, '\'');
}

static void exact_write(const struct open_number *number, const char *body, struct str *out)
{
	str_addf(out, "POST %s%s\n%s: (the number's key)\nContent-Type: application/json\n\n",
		 number->endpoint.api_url, ENDPOINT_SETTINGS_PATH, ENDPOINT_KEY_HEADER);
	json_write_pretty(out, body, strlen(body));
	str_add(out, "\n\n");
}

static void curl_write(const struct open_number *number, const char *body, struct str *out)
{
	str_add(out, "curl -X POST ");
	char *url = mem_format("%s%s", number->endpoint.api_url, ENDPOINT_SETTINGS_PATH);
	shell_quote(url, out);
	free(url);
	str_addf(out,
		 " \\\n  -H \"%s: $D360_API_KEY\" \\\n  -H 'Content-Type: application/json' \\\n"
		 "  --data-binary ",
		 ENDPOINT_KEY_HEADER);
	/* Laid out, so that no line of it is broken on the screen and spoilt when copied there. */
	struct str pretty;
	str_init(&pretty);
	json_write_pretty(&pretty, body, strlen(body));
	shell_quote(pretty.bytes, out);
	str_release(&pretty);
	str_add(out, "\n\n");
}

bool request_text_write(const struct open_number *number, enum request_form form, struct str *out,
			struct err *err)
{
	struct write_plan plan;
	write_plan_init(&plan);
	bool is_made = write_plan_make(&plan, &number->settings, &number->draft.mine, err);
	for (size_t i = 0; is_made && i < plan.count; i++)
		(form == REQUEST_CURL ? curl_write : exact_write)(number, plan.requests[i].body,
								  out);
	write_plan_release(&plan);
	return is_made;
}
