#include "tests/support/lab.h"

#include "base/file.h"
#include "base/mem.h"
#include "tests/support/child.h"
#include "tlscheck/address.h"

#include <arpa/inet.h>
#include <errno.h>
#include <poll.h>
#include <pthread.h>
#include <signal.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/mman.h>
#include <sys/socket.h>
#include <unistd.h>

enum {
	QUEUE_LENGTH = 64,
	CROWD_COUNT = 4, /* a queue of length 0 still takes one or two */
	FILE_MODE = 0600,
	END_MS = 5000,
};

/* What the child holds. */
struct service {
	const struct lab *lab;
	const struct lab_server *servers;
	const struct lab_authorities *authorities;
};

struct connection {
	const struct service *service;
	size_t server; /* lab->count: the one that serves the issuers' certificates */
	int fd;
};

static void *connection_run(void *owner)
{
	struct connection *connection = owner;
	const struct service *service = connection->service;
	if (connection->server < service->lab->count)
		lab_server_serve(&service->servers[connection->server], connection->fd);
	else if (service->authorities != NULL)
		lab_aia_serve(service->authorities, connection->fd);
	else
		(void)close(connection->fd);
	free(connection);
	return NULL;
}

static void connection_start(const struct service *service, size_t server, int fd)
{
	pthread_t thread;
	struct connection *connection = mem_alloc(1, sizeof(*connection));
	*connection = (struct connection) { .service = service, .server = server, .fd = fd };
	if (pthread_create(&thread, NULL, connection_run, connection) == 0) {
		(void)pthread_detach(thread);
		return;
	}
	(void)close(fd);
	free(connection);
}

static bool is_served(const struct service *service, size_t server)
{
	return server == service->lab->count ||
	       service->servers[server].behaviour->greeting < LAB_GREETING_COUNT;
}

static _Noreturn void service_run(const struct service *service, pid_t parent)
{
	const struct lab *lab = service->lab;
	size_t count = lab->count + 1;
	struct pollfd *fds = mem_alloc(count, sizeof(*fds));
	child_bind_to_parent(parent);
	(void)signal(SIGPIPE, SIG_IGN);
	for (size_t i = 0; i < count; i++)
		fds[i] = (struct pollfd) { .fd = is_served(service, i) ? lab->listeners[i] : -1,
					   .events = POLLIN };
	for (;;) {
		(void)poll(fds, count, -1);
		for (size_t i = 0; i < count; i++) {
			if ((fds[i].revents & POLLIN) == 0)
				continue;
			int fd = accept(lab->listeners[i], NULL, NULL);
			if (fd < 0)
				continue;
			atomic_fetch_add(&lab->connections[i], 1);
			connection_start(service, i, fd);
		}
	}
}

bool lab_serve(struct lab *lab, const struct lab_server *servers,
	       const struct lab_authorities *authorities)
{
	const struct service service = { lab, servers, authorities };
	pid_t parent = getpid();
	lab->id = fork();
	if (lab->id == 0)
		service_run(&service, parent);
	if (lab->id > 0)
		lab->process_handle = child_handle(lab->id);
	else
		(void)fprintf(stderr, "lab: cannot fork: %s\n", strerror(errno));
	return lab->id > 0;
}

/* Port 0: any that is free; `*port` is the one it got. -1 with errno. */
static int listener_open(const struct lab_behaviour *behaviour, uint16_t *port)
{
	union {
		struct sockaddr_storage any;
		struct sockaddr_in v4;
		struct sockaddr_in6 v6;
	} name = { .any.ss_family = AF_UNSPEC };
	struct address address;
	(void)address_parse(behaviour->address == NULL ? "127.0.0.1" : behaviour->address,
			    &address);
	socklen_t length = address_sockaddr(&address, *port, &name.any);
	int queue_length = behaviour->greeting == LAB_IS_CROWDED ? 0 : QUEUE_LENGTH;
	int fd = socket(address.family, SOCK_STREAM | SOCK_CLOEXEC, 0);
	if (fd < 0)
		return -1;
	if (bind(fd, (struct sockaddr *)&name, length) == 0 &&
	    (behaviour->greeting == LAB_DOES_NOT_LISTEN || listen(fd, queue_length) == 0) &&
	    getsockname(fd, (struct sockaddr *)&name, &length) == 0) {
		*port = ntohs(address.family == AF_INET ? name.v4.sin_port : name.v6.sin6_port);
		return fd;
	}
	int error_number = errno;
	(void)close(fd);
	errno = error_number;
	return -1;
}

/* The listener of this server; where the machine lacks its address, none. False with a line on
 * stderr. */
static bool server_listen(struct lab *lab, size_t server, const struct lab_behaviour *behaviour)
{
	uint16_t port = behaviour->shares_port ? lab->ports[server - 1] : 0;
	lab->listeners[server] = listener_open(behaviour, &port);
	bool is_lacking =
		lab->listeners[server] < 0 && (errno == EADDRNOTAVAIL || errno == EAFNOSUPPORT);
	if (lab->listeners[server] < 0 && !is_lacking)
		(void)fprintf(stderr, "lab: cannot listen: %s\n", strerror(errno));
	if (lab->listeners[server] >= 0)
		lab->ports[server] = port;
	return lab->listeners[server] >= 0 || is_lacking;
}

static void crowd_make(struct lab *lab, uint16_t port)
{
	const struct sockaddr_in address = { .sin_family = AF_INET,
					     .sin_port = htons(port),
					     .sin_addr.s_addr = htonl(INADDR_LOOPBACK) };
	for (size_t i = 0; i < CROWD_COUNT; i++) {
		int fd = socket(AF_INET, SOCK_STREAM | SOCK_CLOEXEC | SOCK_NONBLOCK, 0);
		if (fd < 0)
			return;
		(void)connect(fd, (const struct sockaddr *)&address, sizeof(address));
		lab->crowd = mem_grow(lab->crowd, lab->crowd_count, sizeof(*lab->crowd));
		lab->crowd[lab->crowd_count++] = fd;
	}
}

bool lab_listen(struct lab *lab, const struct lab_behaviour *const *behaviours, size_t count)
{
	size_t size = (count + 1) * sizeof(*lab->connections);
	*lab = (struct lab) { .id = -1, .process_handle = -1, .count = count };
	lab->folder = child_folder_make();
	lab->ports = mem_alloc(count + 1, sizeof(*lab->ports));
	lab->listeners = mem_alloc(count + 1, sizeof(*lab->listeners));
	for (size_t i = 0; i <= count; i++)
		lab->listeners[i] = -1;
	void *shared = mmap(NULL, size, PROT_READ | PROT_WRITE, MAP_SHARED | MAP_ANONYMOUS, -1, 0);
	if (shared != MAP_FAILED)
		lab->connections = shared;
	if (lab->folder == NULL || lab->connections == NULL)
		return false;
	for (size_t i = 0; i <= count; i++) {
		static const struct lab_behaviour plain = { .greeting = LAB_SPEAKS_TLS };
		const struct lab_behaviour *behaviour = i < count ? behaviours[i] : &plain;
		if (!server_listen(lab, i, behaviour))
			return false;
		if (behaviour->greeting == LAB_IS_CROWDED)
			crowd_make(lab, lab->ports[i]);
	}
	return true;
}

/* ---- the rows -------------------------------------------------------------------------------- */

/* What the rows' servers are made of; the child has its own copy. */
struct stock {
	struct lab_server *servers;
	size_t count;
	struct lab_authorities authorities;
	struct lab_identity other; /* for LAB_OTHER_WITHOUT_NAME */
};

static bool stock_make(struct stock *stock, const struct lab_row *rows, size_t count,
		       uint16_t aia_port)
{
	const struct lab_certificate other = { .leaf.names = "DNS:default.lab.example" };
	*stock = (struct stock) { .count = count };
	stock->servers = mem_alloc(count, sizeof(*stock->servers));
	lab_authorities_make(&stock->authorities);
	lab_identity_make(&stock->other, &other, &stock->authorities, aia_port);
	for (size_t i = 0; i < count; i++) {
		struct lab_server *server = &stock->servers[i];
		bool has_other = rows[i].behaviour.name_indication == LAB_OTHER_WITHOUT_NAME;
		server->behaviour = &rows[i].behaviour;
		if (rows[i].behaviour.greeting != LAB_SPEAKS_TLS)
			continue;
		lab_identity_make(&server->identity, &rows[i].certificate, &stock->authorities,
				  aia_port);
		if (!lab_server_prepare(server, has_other ? &stock->other : NULL)) {
			(void)fprintf(stderr, "lab: %s cannot be set up\n", rows[i].name);
			return false;
		}
	}
	return true;
}

static void stock_release(struct stock *stock)
{
	for (size_t i = 0; i < stock->count; i++) {
		lab_server_release(&stock->servers[i]);
		lab_identity_release(&stock->servers[i].identity);
	}
	free(stock->servers);
	lab_identity_release(&stock->other);
	lab_authorities_release(&stock->authorities);
}

static bool root_write(struct lab *lab, X509 *root)
{
	struct err err;
	err_init(&err);
	char *pem = certificate_pem(root);
	lab->ca_file = mem_format("%s/root.pem", lab->folder);
	bool is_written = file_write_whole(lab->ca_file, pem, strlen(pem), FILE_MODE, &err);
	if (!is_written)
		(void)fprintf(stderr, "lab: %s\n", err.sentence);
	free(pem);
	return is_written;
}

bool lab_start(struct lab *lab, const struct lab_row *rows, size_t row_count)
{
	struct stock stock;
	const struct lab_behaviour **behaviours = mem_alloc(row_count, sizeof(*behaviours));
	for (size_t i = 0; i < row_count; i++)
		behaviours[i] = &rows[i].behaviour;
	bool is_listening = lab_listen(lab, behaviours, row_count);
	free(behaviours);
	if (!is_listening)
		return false;
	bool is_running = stock_make(&stock, rows, row_count, lab->ports[row_count]) &&
			  root_write(lab, stock.authorities.root.certificate) &&
			  lab_serve(lab, stock.servers, &stock.authorities);
	stock_release(&stock);
	return is_running;
}

bool lab_start_at(struct lab *lab, const struct lab_row *row, const char *const *addresses)
{
	struct lab_behaviour behaviours[LAB_ADDRESSES_MAX];
	const struct lab_behaviour *all[LAB_ADDRESSES_MAX];
	struct lab_server servers[LAB_ADDRESSES_MAX];
	struct stock stock;
	size_t count = 0;
	for (; addresses[count] != NULL; count++) {
		behaviours[count] = row->behaviour;
		behaviours[count].address = addresses[count];
		behaviours[count].shares_port = count > 0;
		all[count] = &behaviours[count];
	}
	if (!lab_listen(lab, all, count))
		return false;
	bool is_running = stock_make(&stock, row, 1, lab->ports[count]) &&
			  root_write(lab, stock.authorities.root.certificate);
	for (size_t i = 0; i < count; i++)
		servers[i] = stock.servers[0];
	is_running = is_running && lab_serve(lab, servers, &stock.authorities);
	stock_release(&stock);
	return is_running;
}

void lab_stop(struct lab *lab)
{
	int status = 0;
	if (lab->id > 0) {
		(void)kill(lab->id, SIGKILL);
		(void)child_reap(lab->id, lab->process_handle, END_MS, &status);
		(void)close(lab->process_handle);
	}
	for (size_t i = 0; lab->listeners != NULL && i <= lab->count; i++)
		if (lab->listeners[i] >= 0)
			(void)close(lab->listeners[i]);
	for (size_t i = 0; i < lab->crowd_count; i++)
		(void)close(lab->crowd[i]);
	if (lab->connections != NULL)
		(void)munmap(lab->connections, (lab->count + 1) * sizeof(*lab->connections));
	if (lab->folder != NULL)
		child_folder_remove(lab->folder);
	free(lab->folder);
	free(lab->ca_file);
	free(lab->ports);
	free(lab->listeners);
	free(lab->crowd);
	*lab = (struct lab) { .id = -1, .process_handle = -1 };
}
