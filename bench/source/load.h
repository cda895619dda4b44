/* Asks, and counts what comes back. One thread. */
#ifndef PETREL_BENCH_LOAD_H
#define PETREL_BENCH_LOAD_H

#include <netinet/in.h>
#include <stdbool.h>
#include <stdint.h>

#include "histogram.h"
#include "in-flight.h"
#include "names.h"

enum { SOCKETS_MAX = 4096, BATCH = 64, RCODES = 16 };

struct counts {
	uint64_t sent;
	/* NOERROR with at least one record. */
	uint64_t answered;
	uint64_t empty;
	uint64_t lost;
	/* Replies to nothing that is in flight any more. */
	uint64_t late;
	uint64_t rcodes[RCODES];
	uint64_t receive_calls;
	uint64_t received;
	uint64_t send_calls;
	/* Open loop: sent more than a millisecond after they were due. */
	uint64_t behind;
	struct histogram latencies;
};

struct load {
	struct sockaddr_in server;
	uint32_t sockets_count;
	int sockets[SOCKETS_MAX];
	uint32_t next_socket;
	int epoll;
	uint32_t window;
	uint64_t timeout_ns;
	uint64_t swept_ns;
	struct names names;
	struct in_flight in_flight;
	struct counts counts;
	/* DRAW_ONCE: numbers that were lost and are to be asked again, and how many are not answered yet. */
	uint32_t *again;
	uint32_t again_count;
	uint32_t unanswered;
};

uint64_t clock_ns(void);

/* False if a socket cannot be had. */
bool load_open(struct load *load);

/* Keeps `window` queries in flight until `end_ns`, or until every name of DRAW_ONCE is answered. */
void load_closed(struct load *load, uint64_t end_ns);

/* Sends `rate_qps` a second from `start_ns` on, whatever the server does, until `end_ns`. Latencies run from when a
 * query was due, so a server or a source that stalls is charged for every query that waited meanwhile. */
void load_open_loop(struct load *load, uint64_t start_ns, uint64_t end_ns, double rate_qps);

#endif
