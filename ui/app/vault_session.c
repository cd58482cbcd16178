#include "ui/app/vault_session.h"

#include "base/mem.h"
#include "base/process.h"

#include <errno.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

enum { READ_SIZE = 64 * 1024 /* what a pipe holds: a large vault comes in few turns */ };

enum vault_job_kind { JOB_READ, JOB_CREATE, JOB_CHANGE };

struct vault_job {
	struct vault_job *next;
	struct vault_session *session;
	enum vault_job_kind kind;
	char *path;
	struct secret passphrase; /* JOB_CHANGE: only while it is handed to the child */
	char *id;		  /* JOB_CHANGE: of the number */
	struct secret key;   /* JOB_CHANGE: unset: it is taken out. Wiped once the child has it */
	vault_done_fn *done; /* NULL: nobody wants to know */
	void *owner;
	struct process_child child; /* id -1: it waits */
	struct secret output;	    /* what the child has told so far */
};

/* What a child tells: this, and behind it the keys. Both sides are one program. */
struct report {
	struct err err;
	size_t key_count;
	size_t length; /* bytes of keys */
};

static struct vault_job *job_new(struct vault_session *session, enum vault_job_kind kind,
				 vault_done_fn *done, void *owner)
{
	struct vault_job *job = mem_alloc(1, sizeof *job);
	struct vault_job **at = &session->jobs;
	job->session = session;
	job->kind = kind;
	job->done = done;
	job->owner = owner;
	job->child = (struct process_child) { .id = -1, .output = -1 };
	secret_init(&job->passphrase);
	secret_init(&job->key);
	secret_init(&job->output);
	while (*at != NULL)
		at = &(*at)->next;
	*at = job;
	return job;
}

static void job_take_out(struct vault_job *job)
{
	struct vault_job **at = &job->session->jobs;
	while (*at != job)
		at = &(*at)->next;
	*at = job->next;
}

/* One that is out of the list. */
static void job_free(struct vault_job *job)
{
	loop_unwatch(&job->session->app->loop, job->child.output);
	(void)process_child_stop(&job->child);
	secret_release(&job->passphrase);
	secret_release(&job->key);
	secret_release(&job->output);
	free(job->path);
	free(job->id);
	free(job);
}

/* --- in the child ----------------------------------------------------------------------------- */

static bool job_do(const struct vault_job *job, struct vault_keys *keys, struct err *err)
{
	const struct secret *key = secret_is_set(&job->key) ? &job->key : NULL;
	switch (job->kind) {
	case JOB_READ: return vault_read(job->path, &job->passphrase, keys, err);
	case JOB_CREATE: return vault_create(job->path, &job->passphrase, err);
	case JOB_CHANGE: break;
	}
	return vault_change(job->path, &job->passphrase, job->id, key, keys, err);
}

static void all_write(int fd, const void *bytes, size_t length)
{
	const char *at = bytes;
	while (length > 0) {
		ssize_t written = write(fd, at, length);
		if (written < 0 && errno != EINTR)
			return; /* the parent has given up */
		at += written > 0 ? written : 0;
		length -= written > 0 ? (size_t)written : 0;
	}
}

static void job_work(void *owner, int fd)
{
	const struct vault_job *job = owner;
	struct vault_keys keys;
	struct report report = { .length = 0 };
	vault_keys_init(&keys);
	err_init(&report.err);
	if (job_do(job, &keys, &report.err)) {
		report.key_count = keys.count;
		report.length = keys.records.length;
	}
	all_write(fd, &report, sizeof report);
	all_write(fd, secret_bytes(&keys.records), report.length);
	vault_keys_release(&keys);
}

/* --- in the parent ---------------------------------------------------------------------------- */

static void jobs_run(struct vault_session *session);

/* Keys and passphrase are kept where the vault is open now; after a lock they are not. */
static bool keys_keep(struct vault_job *job, const struct report *report, struct err *err)
{
	struct vault_session *session = job->session;
	struct vault_keys keys;
	if (job->kind == JOB_CHANGE && !secret_is_set(&session->passphrase))
		return true;
	vault_keys_init(&keys);
	if (!secret_insert(&keys.records, 0, secret_bytes(&job->output) + sizeof *report,
			   report->length, err) ||
	    (job->kind != JOB_CHANGE &&
	     !secret_copy(&session->passphrase, &job->passphrase, err))) {
		vault_keys_release(&keys);
		return false;
	}
	vault_keys_release(&session->keys);
	keys.count = report->key_count;
	session->keys = keys;
	keys_touched(session->app);
	return true;
}

static bool output_take(struct vault_job *job, struct err *err)
{
	struct report report = { .length = 0 };
	size_t length = job->output.length;
	if (length >= sizeof report)
		memcpy(&report, secret_bytes(&job->output), sizeof report);
	if (length < sizeof report || length != sizeof report + report.length) {
		(void)err_set(err, ERR_IO,
			      "The vault could not be worked on: the child process "
			      "for it ended early.");
		err_next_step(err, "Try again. It needs 128 MiB of memory for a moment.");
		return false;
	}
	if (report.err.kind != ERR_NONE) {
		*err = report.err;
		return false;
	}
	return keys_keep(job, &report, err);
}

/* Freed before its owner is told, who may ask for more at once. */
static void job_tell(struct vault_job *job, const struct err *err)
{
	vault_done_fn *done = job->done;
	void *owner = job->owner;
	job_free(job);
	if (done != NULL)
		done(owner, err);
}

static void job_end(struct vault_job *job, const struct err *err)
{
	job_take_out(job);
	job_tell(job, err);
}

static void job_spoke(void *owner, int fd, short events)
{
	struct vault_job *job = owner;
	struct vault_session *session = job->session;
	struct err err;
	char bytes[READ_SIZE];
	(void)events;
	err_init(&err);
	ssize_t got = read(fd, bytes, sizeof bytes);
	if (got < 0 && (errno == EINTR || errno == EAGAIN))
		return;
	bool is_kept = got > 0 &&
		       secret_insert(&job->output, job->output.length, bytes, (size_t)got, &err);
	secret_wipe(bytes, sizeof bytes);
	if (is_kept)
		return;
	bool done = err.kind == ERR_NONE && output_take(job, &err);
	job_end(job, done ? NULL : &err);
	jobs_run(session);
}

static bool job_start(struct vault_job *job, struct err *err)
{
	struct vault_session *session = job->session;
	job->path = vault_path(err);
	bool done = job->path != NULL &&
		    (job->kind != JOB_CHANGE ||
		     secret_copy(&job->passphrase, &session->passphrase, err)) &&
		    process_work_start(&job->child, job_work, job, err);
	if (job->kind == JOB_CHANGE) { /* the child has them now */
		secret_release(&job->passphrase);
		secret_release(&job->key);
	}
	if (done && !loop_watch(&session->app->loop, job->child.output, POLLIN, job_spoke, job))
		return err_set(err, ERR_INTERNAL, "Too much is going on at once.");
	return done;
}

static bool job_can_start(const struct vault_job *job)
{
	return job->kind != JOB_CHANGE || secret_is_set(&job->session->passphrase);
}

static void jobs_run(struct vault_session *session)
{
	for (struct vault_job *job = session->jobs; job != NULL; job = job->next)
		if (job->child.id > 0)
			return;
	struct vault_job **at = &session->jobs;
	while (*at != NULL && !job_can_start(*at))
		at = &(*at)->next;
	struct vault_job *job = *at;
	struct err err;
	err_init(&err);
	if (job == NULL || job_start(job, &err))
		return;
	*at = job->next;
	job_tell(job, &err);
	jobs_run(session); /* one job fewer each time */
}

/* --- for keys.c and the screens ----------------------------------------------------------------
 */

void vault_session_init(struct vault_session *session, struct app *app)
{
	*session = (struct vault_session) { .app = app };
	secret_init(&session->passphrase);
	vault_keys_init(&session->keys);
}

void vault_session_release(struct vault_session *session)
{
	struct vault_job *next;
	for (struct vault_job *job = session->jobs; job != NULL; job = next) {
		next = job->next;
		job_free(job);
	}
	vault_keys_release(&session->keys);
	secret_release(&session->passphrase);
}

void vault_session_open(struct vault_session *session, const struct secret *passphrase, bool is_new,
			vault_done_fn *done, void *owner)
{
	struct err err;
	struct vault_job *job = job_new(session, is_new ? JOB_CREATE : JOB_READ, done, owner);
	err_init(&err);
	if (secret_copy(&job->passphrase, passphrase, &err))
		jobs_run(session);
	else
		job_end(job, &err);
}

void vault_session_put(struct vault_session *session, const char *id, const struct secret *key,
		       vault_done_fn *done, void *owner)
{
	struct err err;
	struct vault_job *job = job_new(session, JOB_CHANGE, done, owner);
	job->id = mem_text(id);
	err_init(&err);
	if (key == NULL || secret_copy(&job->key, key, &err))
		jobs_run(session);
	else
		job_end(job, &err);
}

bool vault_session_waits(const struct vault_session *session)
{
	for (const struct vault_job *job = session->jobs; job != NULL; job = job->next)
		if (!job_can_start(job))
			return true;
	return false;
}

/* Takes the changes that were not begun out of the list, as a list of their own. */
static struct vault_job *changes_take_out(struct vault_session *session)
{
	struct vault_job *taken = NULL, **end = &taken;
	for (struct vault_job **at = &session->jobs; *at != NULL;) {
		struct vault_job *job = *at;
		if (job->kind != JOB_CHANGE || job->child.id > 0) {
			at = &job->next;
			continue;
		}
		*at = job->next;
		job->next = NULL;
		*end = job;
		end = &job->next;
	}
	return taken;
}

void vault_session_settle(struct vault_session *session, const struct err *err)
{
	struct vault_job *next, *given_up = err == NULL ? NULL : changes_take_out(session);
	for (struct vault_job *job = given_up; job != NULL; job = next) {
		next = job->next;
		job_tell(job, err);
	}
	jobs_run(session);
}

void vault_session_forget(struct vault_session *session, const void *owner)
{
	for (struct vault_job **at = &session->jobs; *at != NULL;) {
		struct vault_job *job = *at;
		if (job->owner == owner && job->kind != JOB_CHANGE) {
			*at = job->next;
			job_free(job);
			continue;
		}
		if (job->owner == owner)
			job->done = NULL;
		at = &job->next;
	}
	jobs_run(session);
}

void vault_session_lock(struct vault_session *session)
{
	struct err err;
	vault_keys_release(&session->keys);
	secret_release(&session->passphrase);
	(void)err_set(&err, ERR_CANCELLED, "sipdesk was locked: the vault was not changed.");
	vault_session_settle(session, &err);
}
