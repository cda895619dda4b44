/* From a readable socket to a batch in the shared memory, one call into JavaScript, and the replies it left there. */
#include <errno.h>
#include <string.h>

#include "petrel_udp.h"

/* What the kernel wrote over in a header, as it must stand before the next call. */
static void reset(struct instance *instance, uint32_t slots) {
	for (uint32_t slot = 0; slot < slots; slot++) {
		struct msghdr *header = &instance->rx_headers[slot].msg_hdr;
		header->msg_namelen = sizeof((struct peer *)0)->address;
		header->msg_controllen = sizeof instance->rx_controls[slot];
	}
}

/* Points the headers into the shared memory; once, unless that moves. */
static void prepare(struct instance *instance, uint8_t *memory) {
	if (instance->rx_ready_for == memory) return;
	struct peer *peers = (struct peer *)(memory + memory_layout.rx_address);
	for (uint32_t slot = 0; slot < BATCH_SLOTS; slot++) {
		instance->rx_vectors[slot].iov_base = memory + memory_layout.rx + (size_t)slot * RX_STRIDE;
		instance->rx_vectors[slot].iov_len = RX_BYTES;
		struct msghdr *header = &instance->rx_headers[slot].msg_hdr;
		header->msg_iov = &instance->rx_vectors[slot];
		header->msg_iovlen = 1;
		header->msg_name = &peers[slot].address;
		header->msg_control = &instance->rx_controls[slot];
	}
	reset(instance, BATCH_SLOTS);
	instance->rx_ready_for = memory;
}

/* The address that a datagram was sent to. */
static void read_local(struct msghdr *header, struct peer *peer) {
	memset(peer->local, 0, sizeof peer->local);
	peer->interface = 0;
	for (struct cmsghdr *part = CMSG_FIRSTHDR(header); part != NULL; part = CMSG_NXTHDR(header, part)) {
		if (part->cmsg_level == IPPROTO_IP && part->cmsg_type == IP_PKTINFO) {
			const struct in_pktinfo *info = (const struct in_pktinfo *)CMSG_DATA(part);
			/* Not ipi_addr: a datagram to a broadcast address is answered from one of ours. */
			memcpy(peer->local, &info->ipi_spec_dst, sizeof info->ipi_spec_dst);
		} else if (part->cmsg_level == IPPROTO_IPV6 && part->cmsg_type == IPV6_PKTINFO) {
			const struct in6_pktinfo *info = (const struct in6_pktinfo *)CMSG_DATA(part);
			memcpy(peer->local, &info->ipi6_addr, sizeof info->ipi6_addr);
			if (IN6_IS_ADDR_LINKLOCAL(&info->ipi6_addr)) peer->interface = info->ipi6_ifindex;
		}
	}
}

static bool has_port(const struct peer *peer) {
	return (peer->address.generic.sa_family == AF_INET ? peer->address.in.sin_port : peer->address.in6.sin6_port) != 0;
}

/* Whether a received datagram is to be passed on; counted if not. */
static bool is_taken(struct udp_socket *socket, uint32_t slot, const struct peer *peer) {
	if (socket->instance->rx_headers[slot].msg_hdr.msg_flags & MSG_TRUNC) {
		instance_count(socket->instance, COUNT_OVERSIZE, 1);
		return false;
	}
	/* Legal on the wire, and nobody can be answered there. */
	if (socket->kind == KIND_LISTENER && !has_port(peer)) {
		instance_count(socket->instance, COUNT_UNANSWERABLE, 1);
		return false;
	}
	return true;
}

/* Lengths and addresses of what the kernel delivered; what is not taken is closed up. Returns how many are left. */
static uint32_t note(struct udp_socket *socket, uint8_t *memory, uint32_t received) {
	struct instance *instance = socket->instance;
	uint16_t *lengths = (uint16_t *)(memory + memory_layout.rx_length);
	struct peer *peers = (struct peer *)(memory + memory_layout.rx_address);
	uint32_t kept = 0;
	for (uint32_t slot = 0; slot < received; slot++) {
		if (socket->wildcard) read_local(&instance->rx_headers[slot].msg_hdr, &peers[slot]);
		if (!is_taken(socket, slot, &peers[slot])) continue;
		lengths[kept] = (uint16_t)instance->rx_headers[slot].msg_len;
		if (kept != slot) {
			peers[kept] = peers[slot];
			uint8_t *rx = memory + memory_layout.rx;
			memcpy(rx + (size_t)kept * RX_STRIDE, rx + (size_t)slot * RX_STRIDE, lengths[kept]);
		}
		kept++;
	}
	return kept;
}

/* Takes one batch. True if the socket may have more. */
static bool take_batch(struct udp_socket *socket) {
	struct instance *instance = socket->instance;
	uint8_t *memory = instance_memory(instance);
	if (memory == NULL) {
		socket_close(socket);
		return false;
	}
	prepare(instance, memory);
	int received = recvmmsg(socket->fd, instance->rx_headers, BATCH_SLOTS, MSG_DONTWAIT, NULL);
	if (received < 0 && (errno == EAGAIN || errno == EWOULDBLOCK || errno == EINTR)) return false;
	((double *)(memory + memory_layout.times))[0] = clock_ms(instance);
	if (received < 0) {
		/* What an ICMP message said, or worse; the kernel has forgotten it with this call. */
		instance_call(instance, socket->handle, -errno);
		return false;
	}
	uint32_t kept = note(socket, memory, (uint32_t)received);
	reset(instance, (uint32_t)received);
	memset(memory + memory_layout.tx_length, 0, BATCH_SLOTS * sizeof(uint16_t));
	bool goes_on = kept == 0 || instance_call(instance, socket->handle, (int32_t)kept);
	if (!goes_on || instance->closing || !socket->open) return false;
	if (socket->kind == KIND_LISTENER && instance_memory(instance) != NULL) send_replies(socket, kept);
	return received == BATCH_SLOTS;
}

void receive_ready(uv_poll_t *poll, int status, int events) {
	struct udp_socket *socket = (struct udp_socket *)poll;
	struct instance *instance = socket->instance;
	for (int rounds = 0; rounds < ROUNDS_MAX && socket->open && !instance->closing; rounds++) {
		napi_handle_scope scope;
		if (napi_open_handle_scope(instance->env, &scope) != napi_ok) return;
		bool more = take_batch(socket);
		napi_close_handle_scope(instance->env, scope);
		if (!more) return;
	}
}
