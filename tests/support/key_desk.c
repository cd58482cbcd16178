#include "tests/support/key_desk.h"

#include "base/file.h"
#include "base/mem.h"
#include "store/vault.h"
#include "tests/support/child.h"

#include <fcntl.h>
#include <setjmp.h>
#include <stdarg.h>
#include <cmocka.h>
#include <stdlib.h>
#include <string.h>
#include <sys/mman.h>
#include <unistd.h>

const char KEY_DESK_PASSPHRASE[] = "correct horse battery";

static char *ahead_path(const struct key_desk *desk)
{
	return mem_format("%s/ahead", desk->home);
}

static void ahead_make(struct key_desk *desk)
{
	char *path = ahead_path(desk);
	int file = open(path, O_RDWR | O_CREAT | O_CLOEXEC, 0600);
	assert_true(file >= 0);
	assert_int_equal(ftruncate(file, sizeof *desk->ahead_ms), 0);
	void *memory =
		mmap(NULL, sizeof *desk->ahead_ms, PROT_READ | PROT_WRITE, MAP_SHARED, file, 0);
	assert_true(memory != MAP_FAILED);
	desk->ahead_ms = memory;
	(void)close(file);
	free(path);
}

/* The id of the number with this index. */
static char *id_of(size_t index)
{
	return mem_format("%016zx", index + 1);
}

static void numbers_write(const struct key_desk *desk, const struct key_desk_number *numbers)
{
	struct str text;
	struct err err;
	char *path = mem_format("%s/.config/sipdesk/numbers.json", desk->home);
	char *folder = mem_format("%s/.config/sipdesk", desk->home);
	str_init(&text);
	str_add(&text, "{\"schema\":1,\"numbers\":[");
	for (size_t i = 0; numbers[i].label != NULL; i++) {
		char *id = id_of(i);
		str_addf(&text,
			 "%s{\"id\":\"%s\",\"label\":\"%s\",\"api_url\":\"%s\",\"key\":%s%s}",
			 i > 0 ? "," : "", id, numbers[i].label, desk->desk.service.url,
			 numbers[i].key == NULL ? "\"ask\"" : numbers[i].key,
			 numbers[i].is_read_only ? ",\"read_only\":true" : "");
		free(id);
	}
	str_add(&text, "]}\n");
	assert_true(file_folder_make(folder, &err));
	assert_true(file_write_whole(path, text.bytes, text.length, 0600, &err));
	str_release(&text);
	free(folder);
	free(path);
}

static void vault_fill(const struct key_desk *desk, const struct key_desk_number *numbers)
{
	char *path = mem_format("%s/.local/share/sipdesk/vault", desk->home);
	struct secret passphrase, key;
	struct vault_keys keys;
	struct err err;
	secret_init(&passphrase);
	secret_init(&key);
	vault_keys_init(&keys);
	assert_true(
		secret_set(&passphrase, KEY_DESK_PASSPHRASE, strlen(KEY_DESK_PASSPHRASE), &err));
	for (size_t i = 0; numbers[i].label != NULL; i++) {
		if (numbers[i].in_vault == NULL)
			continue;
		char *id = id_of(i);
		assert_true(
			secret_set(&key, numbers[i].in_vault, strlen(numbers[i].in_vault), &err));
		assert_true(keys.count > 0 || vault_create(path, &passphrase, &err));
		assert_true(vault_change(path, &passphrase, id, &key, &keys, &err));
		free(id);
	}
	vault_keys_release(&keys);
	secret_release(&passphrase);
	secret_release(&key);
	free(path);
}

void key_desk_prepare(struct key_desk *desk, const char *script,
		      const struct key_desk_number *numbers)
{
	*desk = (struct key_desk) { .desk = { .has_service = true }, .home = child_folder_make() };
	assert_non_null(desk->home);
	peer_init(&desk->desk.sandbox);
	fault_server_start(&desk->desk.service, script);
	numbers_write(desk, numbers);
	vault_fill(desk, numbers);
	ahead_make(desk);
}

void key_desk_run(struct key_desk *desk, const char *const *arguments)
{
	char *path = ahead_path(desk);
	char *variable = mem_format("SHIM_AHEAD_FILE=%s", path);
	const char *const environment[] = { "SHIM_CLOCK_SECONDS=1795351260", variable, NULL };
	const char *all[SESSION_ARGUMENTS_MAX + 1] = { 0 };
	char *program = session_built("sipdesk");
	char *fixed = session_built("tests/shim/fixed_clock.so");
	char *ahead = session_built("tests/shim/ahead_clock.so");
	char *person = session_built("tests/shim/fixed_person.so");
	char *preload = mem_format("%s:%s:%s", fixed, ahead, person);
	all[0] = program;
	for (size_t i = 0; arguments[i] != NULL && i + 1 < SESSION_ARGUMENTS_MAX; i++)
		all[i + 1] = arguments[i];
	desk->session = session_start(&(struct session_options) { .arguments = all,
								  .environment = environment,
								  .preload = preload,
								  .home = desk->home });
	desk->desk.session = desk->session;
	assert_non_null(desk->session);
	free(preload);
	free(person);
	free(ahead);
	free(fixed);
	free(program);
	free(variable);
	free(path);
}

void key_desk_open(struct key_desk *desk, const char *script, const struct key_desk_number *numbers)
{
	static const char *const NO_ARGUMENTS[] = { NULL };
	key_desk_prepare(desk, script, numbers);
	key_desk_run(desk, NO_ARGUMENTS);
	expect_text(desk->session, "Add a number");
}

void key_desk_close(struct key_desk *desk)
{
	if (desk->session != NULL)
		desk_close(&desk->desk);
	else
		fault_server_stop(&desk->desk.service);
	(void)munmap((void *)(uintptr_t)desk->ahead_ms, sizeof *desk->ahead_ms);
	child_folder_remove(desk->home);
	free(desk->home);
	*desk = (struct key_desk) { 0 };
}

void key_desk_enter(struct key_desk *desk, const char *label)
{
	session_send(desk->session, "<F3><C-u>");
	session_type(desk->session, label);
	expect_text(desk->session, "1 of ");
	session_send(desk->session, "<Enter>");
}

void key_desk_unlock(struct key_desk *desk, const char *passphrase)
{
	expect_cursor_on(desk->session, "Passphrase");
	session_type(desk->session, passphrase);
	expect_cursor_on(desk->session, "not shown");
	session_send(desk->session, "<Enter>");
}

void key_desk_wait(struct key_desk *desk, int64_t ms)
{
	const struct terminal *terminal = &desk->session->terminal;
	int columns = terminal->columns;
	*desk->ahead_ms += ms;
	size_t before = session_bytes(desk->session);
	session_resize(desk->session, terminal->rows, columns == 80 ? 81 : 80);
	assert_true(session_wait_output_after(desk->session, before));
}

int key_desk_requests(const struct key_desk *desk, const char *key)
{
	struct json_doc state;
	int count = 0;
	char *header = mem_format("D360-API-KEY: %s\r\n", key);
	fault_server_state(&desk->desk.service, &state);
	const cJSON *head;
	cJSON_ArrayForEach (head, json_member(state.root, "heads"))
		count += strstr(json_text(head), header) != NULL;
	json_doc_release(&state);
	free(header);
	return count;
}

void key_desk_expect_requests(const struct key_desk *desk, const char *key, int count)
{
	int64_t deadline = child_now_ms() + SESSION_DEADLINE_MS;
	while (key_desk_requests(desk, key) < count)
		if (child_now_ms() > deadline)
			fail_msg("the service had %d requests with %s, not %d",
				 key_desk_requests(desk, key), key, count);
}
