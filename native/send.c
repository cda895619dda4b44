/* From the shared memory to the kernel. Lengths, sockets and addresses are JavaScript's word: each is checked. */
#include <errno.h>
#include <string.h>

#include "petrel_udp.h"

/*
 * Sends messages [0, count) of the instance's scratch. A short count is taken up where it ended. A message that the kernel
 * refuses is counted and left out; when its buffer is full it is asked once more, and then the rest is dropped and
 * counted. Returns the errno that says a connected socket is of no use any more, else 0.
 */
static int send_all(struct udp_socket *socket, uint32_t count) {
	struct instance *instance = socket->instance;
	bool asked_again = false;
	uint32_t next = 0;
	while (next < count) {
		int sent = sendmmsg(socket->fd, instance->headers + next, count - next, MSG_DONTWAIT | MSG_NOSIGNAL);
		if (sent > 0) {
			next += (uint32_t)sent;
			continue;
		}
		if (errno == EINTR) continue;
		if (errno == EAGAIN || errno == EWOULDBLOCK || errno == ENOBUFS) {
			if (!asked_again) {
				asked_again = true;
				continue;
			}
			instance_count(instance, COUNT_SEND_ERRORS, count - next);
			return 0;
		}
		int error = errno;
		instance_count(instance, COUNT_SEND_ERRORS, socket->kind == KIND_UPSTREAM ? count - next : 1);
		if (socket->kind == KIND_UPSTREAM) return error;
		next++;
	}
	return 0;
}

/* Answer from the address that was asked. */
static void write_local(struct instance *instance, uint32_t at, const struct udp_socket *socket, struct peer *peer) {
	struct msghdr *header = &instance->headers[at].msg_hdr;
	union control *control = &instance->controls[at];
	memset(control, 0, sizeof *control);
	header->msg_control = control;
	struct cmsghdr *part = &control->aligned;
	if (socket->family == AF_INET) {
		struct in_pktinfo info = {0};
		memcpy(&info.ipi_spec_dst, peer->local, sizeof info.ipi_spec_dst);
		header->msg_controllen = CMSG_SPACE(sizeof info);
		part->cmsg_level = IPPROTO_IP;
		part->cmsg_type = IP_PKTINFO;
		part->cmsg_len = CMSG_LEN(sizeof info);
		memcpy(CMSG_DATA(part), &info, sizeof info);
		return;
	}
	struct in6_pktinfo info = {.ipi6_ifindex = peer->interface};
	memcpy(&info.ipi6_addr, peer->local, sizeof info.ipi6_addr);
	header->msg_controllen = CMSG_SPACE(sizeof info);
	part->cmsg_level = IPPROTO_IPV6;
	part->cmsg_type = IPV6_PKTINFO;
	part->cmsg_len = CMSG_LEN(sizeof info);
	memcpy(CMSG_DATA(part), &info, sizeof info);
}

/* Puts a message into the scratch; false, and counted, if it cannot be what it says. */
static bool add(struct udp_socket *socket, uint32_t at, uint8_t *octets, uint16_t length, struct peer *peer) {
	struct instance *instance = socket->instance;
	struct msghdr *header = &instance->headers[at].msg_hdr;
	bool addressed = socket->kind == KIND_LISTENER;
	if (length > TX_STRIDE || (addressed && peer->address.generic.sa_family != socket->family)) {
		instance_count(instance, COUNT_SEND_ERRORS, 1);
		return false;
	}
	instance->vectors[at].iov_base = octets;
	instance->vectors[at].iov_len = length;
	memset(header, 0, sizeof *header);
	header->msg_iov = &instance->vectors[at];
	header->msg_iovlen = 1;
	if (!addressed) return true;
	header->msg_name = &peer->address;
	header->msg_namelen = socket->family == AF_INET ? sizeof peer->address.in : sizeof peer->address.in6;
	if (socket->wildcard) write_local(instance, at, socket, peer);
	return true;
}

void send_replies(struct udp_socket *listener, uint32_t slots) {
	uint8_t *memory = listener->instance->memory;
	const uint16_t *lengths = (const uint16_t *)(memory + memory_layout.tx_length);
	struct peer *peers = (struct peer *)(memory + memory_layout.rx_address);
	uint32_t count = 0;
	for (uint32_t slot = 0; slot < slots; slot++) {
		uint8_t *octets = memory + memory_layout.tx + (size_t)slot * TX_STRIDE;
		if (lengths[slot] != 0 && add(listener, count, octets, lengths[slot], &peers[slot])) count++;
	}
	if (count > 0) send_all(listener, count);
}

static void note_failed(uint8_t *memory, uint32_t *failed, int32_t handle, int error) {
	if (*failed >= FAILED_MAX) return;
	int32_t *pair = (int32_t *)(memory + memory_layout.failed) + *failed * 2;
	pair[0] = handle;
	pair[1] = error;
	++*failed;
}

/* All that is queued for the socket of message `first`, in one system call; their places become free. */
static void send_group(struct instance *instance, uint32_t first, uint32_t messages, uint32_t *failed) {
	uint8_t *memory = instance->memory;
	const uint16_t *lengths = (const uint16_t *)(memory + memory_layout.out_length);
	int32_t *sockets = (int32_t *)(memory + memory_layout.out_socket);
	struct peer *peers = (struct peer *)(memory + memory_layout.out_address);
	int32_t handle = sockets[first];
	struct udp_socket *socket = instance_socket(instance, handle);
	uint32_t count = 0;
	for (uint32_t i = first; i < messages; i++) {
		if (sockets[i] != handle) continue;
		sockets[i] = 0;
		uint8_t *octets = memory + memory_layout.out + (size_t)i * TX_STRIDE;
		if (socket == NULL) instance_count(instance, COUNT_SEND_ERRORS, 1);
		else if (add(socket, count, octets, lengths[i], &peers[i])) count++;
	}
	int error = count > 0 ? send_all(socket, count) : 0;
	if (error != 0) note_failed(memory, failed, handle, error);
}

uint32_t send_queued(struct instance *instance, uint32_t messages) {
	uint8_t *memory = instance_memory(instance);
	if (memory == NULL) return 0;
	if (messages > OUT_SLOTS) messages = OUT_SLOTS;
	const int32_t *sockets = (const int32_t *)(memory + memory_layout.out_socket);
	uint32_t failed = 0;
	for (uint32_t i = 0; i < messages; i++) {
		if (sockets[i] != 0) send_group(instance, i, messages, &failed);
	}
	return failed;
}
