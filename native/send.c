/*
 * From the shared memory to the kernel. Lengths, sockets and addresses are JavaScript's word: each is checked.
 *
 * Most of what a datagram costs is its way through the kernel's stack, and messages of one length to one address can go that
 * way together: the kernel is given them as one (a *train*) with the length of each (UDP_SEGMENT, Linux 4.18), and splits
 * them late, in the network card, or at the receiving socket. A busy client's replies and a turn's queries to an upstream
 * are such messages. Order among datagrams means nothing, so trains are gathered over the whole batch.
 *
 *   messages   0 a→X  1 b→X  2 c→Y  3 d→X  4 e→Y        (a, b, d and c, e of the same length)
 *   trains     X: 0 1 3      Y: 2 4
 *   sendmmsg   X: [a|b|d]    Y: [c|e]
 */
#include <errno.h>
#include <netinet/udp.h>
#include <string.h>

#include "petrel_udp.h"

#ifndef UDP_SEGMENT
#define UDP_SEGMENT 103
#endif

enum {
	/* What fits every path without fragments; a longer message cannot be a part of a train everywhere. */
	SEGMENT_BYTES_MAX = 1232,
	/* The kernel's UDP_MAX_SEGMENTS was 64 before it was 128. */
	TRAIN_MESSAGES_MAX = 64,
	TRAIN_BYTES_MAX = 60000,
	TABLE_SLOTS = 256
};

_Static_assert(OUT_SLOTS * 2 <= TABLE_SLOTS, "the table of trains is at most half full");

static uint32_t hash_of(const struct message *message) {
	uint32_t hash = message->length;
	if (message->peer != NULL) {
		const struct peer *peer = message->peer;
		bool ipv4 = peer->address.generic.sa_family == AF_INET;
		hash += ipv4 ? peer->address.in.sin_addr.s_addr : peer->address.in6.sin6_addr.s6_addr32[3];
		hash += (uint32_t)peer->address.in.sin_port << 16;
	}
	return hash * 2654435761u >> 24;
}

/* Whether two messages can go together: the same length, to the same address, from the same one. */
static bool same_train(const struct udp_socket *socket, const struct message *a, const struct message *b) {
	if (a->length != b->length) return false;
	if (a->peer == NULL) return true;
	size_t bytes = socket->family == AF_INET ? offsetof(struct sockaddr_in, sin_zero) : sizeof(struct sockaddr_in6);
	if (memcmp(&a->peer->address, &b->peer->address, bytes) != 0) return false;
	return !socket->wildcard || memcmp(a->peer->local, b->peer->local, sizeof a->peer->local + sizeof a->peer->interface) == 0;
}

static bool has_room(const struct train *train, uint16_t length) {
	return train->count < TRAIN_MESSAGES_MAX && (train->count + 1u) * length <= TRAIN_BYTES_MAX;
}

/* Gathers the instance's messages into trains; returns how many there are. */
static uint32_t gather(struct udp_socket *socket) {
	struct instance *instance = socket->instance;
	uint8_t table[TABLE_SLOTS] = {0};
	uint32_t trains = 0;
	for (uint32_t i = 0; i < instance->message_count; i++) {
		struct message *message = &instance->messages[i];
		bool alone = !instance->trains_allowed || !socket->segments || message->length > SEGMENT_BYTES_MAX;
		uint32_t slot = hash_of(message);
		message->next = -1;
		while (!alone && table[slot] != 0) {
			struct train *train = &instance->trains[table[slot] - 1];
			if (has_room(train, message->length) && same_train(socket, message, &instance->messages[train->first])) {
				instance->messages[train->last].next = (int16_t)i;
				train->last = (int16_t)i;
				train->count++;
				break;
			}
			slot = (slot + 1) % TABLE_SLOTS;
		}
		if (!alone && table[slot] != 0) continue;
		instance->trains[trains++] = (struct train){.first = (int16_t)i, .last = (int16_t)i, .count = 1};
		if (!alone) table[slot] = (uint8_t)trains;
	}
	return trains;
}

/* Appends a control message and returns the place behind it. */
static char *append_control(char *at, int level, int type, const void *data, size_t bytes) {
	struct cmsghdr *part = (struct cmsghdr *)at;
	memset(part, 0, CMSG_SPACE(bytes));
	part->cmsg_level = level;
	part->cmsg_type = type;
	part->cmsg_len = CMSG_LEN(bytes);
	memcpy(CMSG_DATA(part), data, bytes);
	return at + CMSG_SPACE(bytes);
}

/* Answer from the address that was asked. */
static char *append_local(char *at, const struct udp_socket *socket, const struct peer *peer) {
	if (socket->family == AF_INET) {
		struct in_pktinfo info = {0};
		memcpy(&info.ipi_spec_dst, peer->local, sizeof info.ipi_spec_dst);
		return append_control(at, IPPROTO_IP, IP_PKTINFO, &info, sizeof info);
	}
	struct in6_pktinfo info = {.ipi6_ifindex = peer->interface};
	memcpy(&info.ipi6_addr, peer->local, sizeof info.ipi6_addr);
	return append_control(at, IPPROTO_IPV6, IPV6_PKTINFO, &info, sizeof info);
}

/* Makes header `at` of a train, its parts from `vector` on; returns the vector behind them. */
static uint32_t write_header(struct udp_socket *socket, uint32_t at, const struct train *train, uint32_t vector) {
	struct instance *instance = socket->instance;
	struct msghdr *header = &instance->headers[at].msg_hdr;
	const struct message *first = &instance->messages[train->first];
	memset(header, 0, sizeof *header);
	header->msg_iov = &instance->vectors[vector];
	header->msg_iovlen = train->count;
	for (int i = train->first; i >= 0; i = instance->messages[i].next) {
		instance->vectors[vector++] =
			(struct iovec){.iov_base = instance->messages[i].octets, .iov_len = instance->messages[i].length};
	}
	char *controls = instance->controls[at].octets;
	char *end = controls;
	if (first->peer != NULL) {
		header->msg_name = &first->peer->address;
		header->msg_namelen = socket->family == AF_INET ? sizeof(struct sockaddr_in) : sizeof(struct sockaddr_in6);
		if (socket->wildcard) end = append_local(end, socket, first->peer);
	}
	if (train->count > 1) end = append_control(end, IPPROTO_UDP, UDP_SEGMENT, &first->length, sizeof first->length);
	header->msg_controllen = (size_t)(end - controls);
	if (end != controls) header->msg_control = controls;
	return vector;
}

/* Messages in trains [from, to). */
static uint32_t messages_in(const struct instance *instance, uint32_t from, uint32_t to) {
	uint32_t count = 0;
	while (from < to) count += instance->trains[from++].count;
	return count;
}

static bool is_full(int error) {
	return error == EAGAIN || error == EWOULDBLOCK || error == ENOBUFS;
}

/*
 * Sends the messages of a train that the kernel refused one by one. If any of them goes, it was the train that it did not
 * like, and the socket makes none any more; if none goes, it was the address, which whoever forged it may have chosen.
 */
static void send_singly(struct udp_socket *socket, uint32_t train) {
	struct instance *instance = socket->instance;
	struct msghdr header = instance->headers[train].msg_hdr;
	header.msg_controllen -= CMSG_SPACE(sizeof(uint16_t));
	if (header.msg_controllen == 0) header.msg_control = NULL;
	header.msg_iovlen = 1;
	for (uint32_t i = 0; i < instance->trains[train].count; i++, header.msg_iov++) {
		if (sendmsg(socket->fd, &header, MSG_DONTWAIT | MSG_NOSIGNAL) >= 0) socket->segments = false;
		else instance_count(instance, COUNT_SEND_ERRORS, 1);
	}
}

/*
 * Sends trains [0, count). A short count is taken up where it ended. What the kernel refuses is counted and left out; when
 * its buffer is full it is asked once more, and then the rest is dropped and counted. Returns the errno that says a
 * connected socket is of no use any more, else 0.
 */
static int send_trains(struct udp_socket *socket, uint32_t count) {
	struct instance *instance = socket->instance;
	bool asked_again = false;
	uint32_t next = 0;
	while (next < count) {
		int sent = sendmmsg(socket->fd, instance->headers + next, count - next, MSG_DONTWAIT | MSG_NOSIGNAL);
		int error = sent < 0 ? errno : 0;
		if (sent > 0) {
			next += (uint32_t)sent;
		} else if (is_full(error)) {
			if (asked_again) {
				instance_count(instance, COUNT_SEND_ERRORS, messages_in(instance, next, count));
				return 0;
			}
			asked_again = true;
		} else if (instance->trains[next].count > 1 && (error == EIO || error == EINVAL || error == EMSGSIZE)) {
			send_singly(socket, next++);
		} else if (socket->kind == KIND_UPSTREAM && error != EINTR) {
			instance_count(instance, COUNT_SEND_ERRORS, messages_in(instance, next, count));
			return error;
		} else if (error != EINTR) {
			instance_count(instance, COUNT_SEND_ERRORS, instance->trains[next].count);
			next++;
		}
	}
	return 0;
}

/* Sends the instance's messages; see `send_trains`. */
static int send_messages(struct udp_socket *socket) {
	struct instance *instance = socket->instance;
	uint32_t trains = gather(socket);
	uint32_t vector = 0;
	for (uint32_t i = 0; i < trains; i++) vector = write_header(socket, i, &instance->trains[i], vector);
	return send_trains(socket, trains);
}

/* Adds a message to the instance's; counted, and left out, if it cannot be what it says. */
static void add(struct udp_socket *socket, uint8_t *octets, uint16_t length, struct peer *peer) {
	struct instance *instance = socket->instance;
	bool addressed = socket->kind == KIND_LISTENER;
	if (length > TX_STRIDE || (addressed && peer->address.generic.sa_family != socket->family)) {
		instance_count(instance, COUNT_SEND_ERRORS, 1);
		return;
	}
	instance->messages[instance->message_count++] =
		(struct message){.octets = octets, .length = length, .peer = addressed ? peer : NULL};
}

void send_replies(struct udp_socket *listener, uint32_t slots) {
	struct instance *instance = listener->instance;
	uint8_t *memory = instance->memory;
	const uint16_t *lengths = (const uint16_t *)(memory + memory_layout.tx_length);
	struct peer *peers = (struct peer *)(memory + memory_layout.rx_address);
	instance->message_count = 0;
	for (uint32_t slot = 0; slot < slots; slot++) {
		uint8_t *octets = memory + memory_layout.tx + (size_t)slot * TX_STRIDE;
		if (lengths[slot] != 0) add(listener, octets, lengths[slot], &peers[slot]);
	}
	send_messages(listener);
}

static void note_failed(uint8_t *memory, uint32_t *failed, int32_t handle, int error) {
	if (*failed >= FAILED_MAX) return;
	int32_t *pair = (int32_t *)(memory + memory_layout.failed) + *failed * 2;
	pair[0] = handle;
	pair[1] = error;
	++*failed;
}

/* All that is queued for the socket of message `first`; their places become free. */
static void send_group(struct instance *instance, uint32_t first, uint32_t messages, uint32_t *failed) {
	uint8_t *memory = instance->memory;
	const uint16_t *lengths = (const uint16_t *)(memory + memory_layout.out_length);
	int32_t *sockets = (int32_t *)(memory + memory_layout.out_socket);
	struct peer *peers = (struct peer *)(memory + memory_layout.out_address);
	int32_t handle = sockets[first];
	struct udp_socket *socket = instance_socket(instance, handle);
	instance->message_count = 0;
	for (uint32_t i = first; i < messages; i++) {
		if (sockets[i] != handle) continue;
		sockets[i] = 0;
		uint8_t *octets = memory + memory_layout.out + (size_t)i * TX_STRIDE;
		if (socket == NULL) instance_count(instance, COUNT_SEND_ERRORS, 1);
		else add(socket, octets, lengths[i], &peers[i]);
	}
	int error = socket == NULL ? 0 : send_messages(socket);
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
