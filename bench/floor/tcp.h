/* The upstream's TCP side: many connections, many messages in one read, answered in order. */
#ifndef PETREL_BENCH_TCP_H
#define PETREL_BENCH_TCP_H

#include <stdint.h>

struct tcp_counts {
	uint64_t queries;
	uint64_t connections;
};

/* A connection, known to epoll by its address. Opaque to others. */
struct connection;

int tcp_listen(const char *address, uint16_t port);

/* Takes every connection that waits at `listener` and adds it to `epoll`. */
void tcp_accept(int epoll, int listener, struct tcp_counts *counts);

/* Reads and answers what came; frees the connection when its peer is done with it. */
void tcp_serve(int epoll, struct connection *connection, uint32_t ttl_sec, struct tcp_counts *counts);

#endif
