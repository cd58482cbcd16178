/* IP addresses of SIP servers: as text, as the kernel takes them, and whether Meta could reach them
 * at all (the special-purpose ranges of RFC 6890 and its successors). */
#ifndef SIPDESK_TLSCHECK_ADDRESS_H
#define SIPDESK_TLSCHECK_ADDRESS_H

#include <netinet/in.h>
#include <stdbool.h>
#include <stdint.h>
#include <sys/socket.h>

struct address {
	int family;		     /* AF_INET, AF_INET6 */
	unsigned char bytes[16];     /* network order; four are used of AF_INET */
	char text[INET6_ADDRSTRLEN]; /* as inet_ntop writes it */
};

/* An address literal, an IPv6 one with or without brackets. */
bool address_parse(const char *text, struct address *address);
/* From the four or sixteen bytes of an A or AAAA record. */
void address_from_bytes(int family, const unsigned char *bytes, struct address *address);
socklen_t address_sockaddr(const struct address *address, uint16_t port,
			   struct sockaddr_storage *out);
/* "a private address", static; NULL: it can be reached over the Internet. */
const char *address_not_public(const struct address *address);

#endif
