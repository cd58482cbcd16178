#include "tlscheck/address.h"

#include "base/mem.h"

#include <arpa/inet.h>
#include <string.h>

/* A range that packets over the Internet do not reach: the IANA special-purpose registries (RFC
 * 6890, RFC 8190), where "globally reachable" is false, and multicast. */
static const struct range {
	int family;
	unsigned char prefix[8];
	unsigned bits;
	const char *what;
} ranges[] = {
	{ AF_INET, { 0 }, 8, "an address of \"this network\"" },
	{ AF_INET, { 10 }, 8, "a private address" },
	{ AF_INET, { 100, 64 }, 10, "an address behind a carrier's NAT" },
	{ AF_INET, { 127 }, 8, "a loopback address" },
	{ AF_INET, { 169, 254 }, 16, "a link-local address" },
	{ AF_INET, { 172, 16 }, 12, "a private address" },
	{ AF_INET, { 192, 0, 0 }, 24, "a reserved address" },
	{ AF_INET, { 192, 0, 2 }, 24, "an address for examples in documents" },
	{ AF_INET, { 192, 168 }, 16, "a private address" },
	{ AF_INET, { 198, 18 }, 15, "an address for laboratory tests" },
	{ AF_INET, { 198, 51, 100 }, 24, "an address for examples in documents" },
	{ AF_INET, { 203, 0, 113 }, 24, "an address for examples in documents" },
	{ AF_INET, { 224 }, 4, "a multicast address" },
	{ AF_INET, { 240 }, 4, "a reserved address" },
	{ AF_INET6, { 0x00, 0x64, 0xff, 0x9b, 0x00, 0x01 }, 48, "an address of a local NAT64" },
	{ AF_INET6, { 0x01 }, 64, "a discard-only address" },
	{ AF_INET6, { 0x20, 0x01, 0x00, 0x00 }, 32, "a Teredo address" },
	{ AF_INET6, { 0x20, 0x01, 0x00, 0x02 }, 48, "an address for laboratory tests" },
	{ AF_INET6, { 0x20, 0x01, 0x00, 0x10 }, 28, "a reserved address" },
	{ AF_INET6, { 0x20, 0x01, 0x0d, 0xb8 }, 32, "an address for examples in documents" },
	{ AF_INET6, { 0x3f, 0xff }, 20, "an address for examples in documents" },
	{ AF_INET6, { 0x5f }, 16, "a reserved address" },
	{ AF_INET6, { 0xfc }, 7, "a private address" },
	{ AF_INET6, { 0xfe, 0x80 }, 10, "a link-local address" },
	{ AF_INET6, { 0xfe, 0xc0 }, 10, "a private address" },
	{ AF_INET6, { 0xff }, 8, "a multicast address" },
};

/* IPv6 addresses that lead to an IPv4 one: it decides. NAT64 (RFC 6052) and 6to4 (RFC 3056). */
static const struct carrier {
	unsigned char prefix[12];
	unsigned bits;
	size_t offset;
} carriers[] = {
	{ { 0x00, 0x64, 0xff, 0x9b }, 96, 12 },
	{ { 0x20, 0x02 }, 16, 2 },
};

static bool has_prefix(const unsigned char *bytes, const unsigned char *prefix, unsigned bits)
{
	size_t whole = bits / 8;
	if (memcmp(bytes, prefix, whole) != 0)
		return false;
	unsigned rest = bits % 8;
	return rest == 0 || ((bytes[whole] ^ prefix[whole]) >> (8 - rest)) == 0;
}

void address_from_bytes(int family, const unsigned char *bytes, struct address *address)
{
	*address = (struct address) { .family = family };
	memcpy(address->bytes, bytes, family == AF_INET ? 4 : 16);
	(void)inet_ntop(family, address->bytes, address->text, sizeof address->text);
}

bool address_parse(const char *text, struct address *address)
{
	unsigned char bytes[16];
	char inner[INET6_ADDRSTRLEN];
	if (inet_pton(AF_INET, text, bytes) == 1) {
		address_from_bytes(AF_INET, bytes, address);
		return true;
	}
	size_t length = strlen(text);
	if (length > 2 && length - 2 < sizeof inner && text[0] == '[' && text[length - 1] == ']') {
		memcpy(inner, text + 1, length - 2);
		inner[length - 2] = '\0';
		text = inner;
	}
	if (inet_pton(AF_INET6, text, bytes) != 1)
		return false;
	address_from_bytes(AF_INET6, bytes, address);
	return true;
}

socklen_t address_sockaddr(const struct address *address, uint16_t port,
			   struct sockaddr_storage *out)
{
	memset(out, 0, sizeof *out);
	if (address->family == AF_INET) {
		struct sockaddr_in *v4 = (struct sockaddr_in *)out;
		v4->sin_family = AF_INET;
		v4->sin_port = htons(port);
		memcpy(&v4->sin_addr, address->bytes, 4);
		return sizeof *v4;
	}
	struct sockaddr_in6 *v6 = (struct sockaddr_in6 *)out;
	v6->sin6_family = AF_INET6;
	v6->sin6_port = htons(port);
	memcpy(&v6->sin6_addr, address->bytes, 16);
	return sizeof *v6;
}

static const char *ipv6_special(const unsigned char bytes[16])
{
	static const unsigned char none[16] = { 0 };
	static const unsigned char mapped[12] = { [10] = 0xff, [11] = 0xff };
	static const unsigned char loopback[16] = { [15] = 1 };
	if (memcmp(bytes, none, 16) == 0)
		return "the empty address";
	if (memcmp(bytes, loopback, 16) == 0)
		return "a loopback address";
	if (memcmp(bytes, mapped, 12) == 0 || memcmp(bytes, none, 12) == 0)
		return "an IPv4 address written as IPv6";
	return NULL;
}

const char *address_not_public(const struct address *address)
{
	if (address->family == AF_INET6) {
		const char *special = ipv6_special(address->bytes);
		if (special)
			return special;
		for (size_t i = 0; i < ARRAY_LENGTH(carriers); i++)
			if (has_prefix(address->bytes, carriers[i].prefix, carriers[i].bits)) {
				struct address inner;
				address_from_bytes(AF_INET, address->bytes + carriers[i].offset,
						   &inner);
				return address_not_public(&inner);
			}
	}
	for (size_t i = 0; i < ARRAY_LENGTH(ranges); i++)
		if (ranges[i].family == address->family &&
		    has_prefix(address->bytes, ranges[i].prefix, ranges[i].bits))
			return ranges[i].what;
	return NULL;
}
