/*
 * A connection has one buffer for each direction:
 *
 *   in    [ messages, each behind its length | the beginning of one ]      RFC 1035 §4.2.2
 *   out   [ sent | to be sent | free ]
 *
 * Messages are answered as long as `out` has room. While some of it waits for the peer, nothing more is read: a peer
 * that does not read its answers is not read from.
 */
#include "tcp.h"

#include <arpa/inet.h>
#include <errno.h>
#include <netinet/tcp.h>
#include <stdbool.h>
#include <stdlib.h>
#include <string.h>
#include <sys/epoll.h>
#include <sys/socket.h>
#include <unistd.h>

#include "answer.h"

enum { IN_BYTES = 65536, OUT_BYTES = 4 * IN_BYTES, LENGTH_BYTES = 2 };

struct connection {
	int socket;
	bool waits_for_room;
	size_t in_bytes;
	size_t out_start;
	size_t out_bytes;
	uint8_t in[IN_BYTES];
	uint8_t out[OUT_BYTES];
};

int tcp_listen(const char *address, uint16_t port) {
	int listener = socket(AF_INET, SOCK_STREAM | SOCK_NONBLOCK, 0);
	struct sockaddr_in name = { .sin_family = AF_INET, .sin_port = htons(port) };
	inet_pton(AF_INET, address, &name.sin_addr);
	setsockopt(listener, SOL_SOCKET, SO_REUSEADDR, &(int){ 1 }, sizeof(int));
	if (bind(listener, (struct sockaddr *)&name, sizeof name) != 0 || listen(listener, 1024) != 0) return -1;
	return listener;
}

void tcp_accept(int epoll, int listener, struct tcp_counts *counts) {
	for (;;) {
		int socket = accept4(listener, NULL, NULL, SOCK_NONBLOCK);
		if (socket < 0) return;
		setsockopt(socket, IPPROTO_TCP, TCP_NODELAY, &(int){ 1 }, sizeof(int));
		struct connection *connection = malloc(sizeof *connection);
		struct epoll_event event = { .events = EPOLLIN, .data.ptr = connection };
		if (connection == NULL || epoll_ctl(epoll, EPOLL_CTL_ADD, socket, &event) != 0) {
			free(connection);
			close(socket);
			continue;
		}
		connection->socket = socket;
		connection->waits_for_room = false;
		connection->in_bytes = connection->out_start = connection->out_bytes = 0;
		counts->connections++;
	}
}

/* Answers whole messages while there is room, and moves the rest to the front. */
static void answer_messages(struct connection *connection, uint32_t ttl_sec, struct tcp_counts *counts) {
	size_t at = 0;
	while (connection->in_bytes - at >= LENGTH_BYTES) {
		const uint8_t *message = connection->in + at;
		size_t bytes = (size_t)message[0] << 8 | message[1];
		size_t out_end = connection->out_start + connection->out_bytes;
		if (connection->in_bytes - at < LENGTH_BYTES + bytes) break;
		if (OUT_BYTES - out_end < LENGTH_BYTES + bytes + ANSWER_GROWTH_BYTES) break;
		uint8_t *reply = connection->out + out_end;
		memcpy(reply + LENGTH_BYTES, message + LENGTH_BYTES, bytes);
		size_t reply_bytes = turn_into_answer(reply + LENGTH_BYTES, bytes, ttl_sec);
		if (reply_bytes > 0) {
			reply[0] = (uint8_t)(reply_bytes >> 8);
			reply[1] = (uint8_t)reply_bytes;
			connection->out_bytes += LENGTH_BYTES + reply_bytes;
			counts->queries++;
		}
		at += LENGTH_BYTES + bytes;
	}
	connection->in_bytes -= at;
	memmove(connection->in, connection->in + at, connection->in_bytes);
}

/* False if the connection is broken. */
static bool send_answers(struct connection *connection) {
	while (connection->out_bytes > 0) {
		ssize_t sent = send(connection->socket, connection->out + connection->out_start, connection->out_bytes,
			MSG_NOSIGNAL);
		if (sent < 0) return errno == EAGAIN;
		connection->out_start += (size_t)sent;
		connection->out_bytes -= (size_t)sent;
	}
	connection->out_start = 0;
	return true;
}

static void wait_for(int epoll, struct connection *connection, bool room) {
	if (connection->waits_for_room == room) return;
	struct epoll_event event = { .events = room ? EPOLLOUT : EPOLLIN, .data.ptr = connection };
	epoll_ctl(epoll, EPOLL_CTL_MOD, connection->socket, &event);
	connection->waits_for_room = room;
}

void tcp_serve(int epoll, struct connection *connection, uint32_t ttl_sec, struct tcp_counts *counts) {
	bool alive = send_answers(connection);
	if (alive && connection->out_bytes == 0) {
		ssize_t got = recv(connection->socket, connection->in + connection->in_bytes,
			IN_BYTES - connection->in_bytes, 0);
		alive = got > 0 || (got < 0 && errno == EAGAIN);
		if (got > 0) connection->in_bytes += (size_t)got;
	}
	/* An empty `out` takes at least one message, so this ends. */
	for (size_t before = 0; alive && connection->out_bytes == 0 && connection->in_bytes != before;) {
		before = connection->in_bytes;
		answer_messages(connection, ttl_sec, counts);
		alive = send_answers(connection);
	}
	if (alive) {
		wait_for(epoll, connection, connection->out_bytes > 0);
	} else {
		close(connection->socket);
		free(connection);
	}
}
