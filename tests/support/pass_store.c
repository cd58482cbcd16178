#include "tests/support/pass_store.h"

#include "base/mem.h"

#include <setjmp.h>
#include <stdarg.h>
#include <cmocka.h>
#include <stdlib.h>
#include <unistd.h>

static void shell_run(const struct machine *machine, const char *script, const char *first,
		      const char *second)
{
	struct run run;
	machine_run(machine, &run, "sh",
		    (const char *const[]) { "-euc", script, "sh", first, second, NULL });
	if (run.status != 0)
		fail_msg("%s: %s%s", script, run.output.bytes, run.errors.bytes);
	run_release(&run);
}

bool pass_store_is_possible(void)
{
	return run_is_installed("pass") && run_is_installed("gpg") &&
	       run_is_installed("pinentry-curses");
}

void pass_store_make(struct machine *machine, const char *passphrase)
{
	char *gpg_home = mem_format("GNUPGHOME=%s/gnupg", machine->folder);
	char *store = mem_format("PASSWORD_STORE_DIR=%s/store", machine->folder);
	char *file = machine_give(machine, "gpg-passphrase", passphrase);
	machine_environment_add(machine, gpg_home);
	machine_environment_add(machine, store);
	shell_run(machine,
		  "mkdir -m 700 \"$GNUPGHOME\"\n"
		  "echo \"pinentry-program $(command -v pinentry-curses)\" "
		  ">\"$GNUPGHOME/gpg-agent.conf\"\n"
		  "gpg --batch --quiet --pinentry-mode loopback --passphrase-file \"$1\" "
		  "--quick-generate-key sipdesk-test future-default default never\n"
		  "gpgconf --kill all\n" /* it remembers the passphrase */
		  "pass init sipdesk-test",
		  file, NULL);
	assert_int_equal(unlink(file), 0);
	free(file);
	free(store);
	free(gpg_home);
}

void pass_store_insert(const struct machine *machine, const char *name, const char *secret)
{
	char *file = machine_give(machine, "inserted", secret);
	shell_run(machine, "pass insert --echo \"$1\" <\"$2\"", name, file);
	assert_int_equal(unlink(file), 0);
	free(file);
}

void pass_store_end(const struct machine *machine)
{
	shell_run(machine, "gpgconf --kill all", "", NULL);
}
