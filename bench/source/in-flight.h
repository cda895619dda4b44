/*
 * The queries under way, by their ID. IDs are given out in turn and those still in flight are passed over, so an ID
 * comes again only after tens of thousands of others: a reply that comes after its time was up finds nothing and is
 * counted as late, not taken for the answer to a newer query.
 */
#ifndef PETREL_BENCH_IN_FLIGHT_H
#define PETREL_BENCH_IN_FLIGHT_H

#include <stdint.h>

enum { IDS = 65536, IN_FLIGHT_MAX = 60000 };

struct in_flight {
	/* When the query was sent, or was due; 0 if the ID is free. */
	uint64_t since_ns[IDS];
	uint32_t numbers[IDS];
	uint16_t sockets[IDS];
	uint32_t count;
	uint16_t next;
	uint16_t next_swept;
};

/* The caller sees to it that less than IN_FLIGHT_MAX are in flight. */
static inline uint16_t in_flight_add(struct in_flight *table, uint64_t since_ns, uint32_t number, uint16_t socket) {
	while (table->since_ns[table->next] != 0) table->next++;
	uint16_t id = table->next++;
	table->since_ns[id] = since_ns;
	table->numbers[id] = number;
	table->sockets[id] = socket;
	table->count++;
	return id;
}

/* Since when the query was in flight; 0 if it was not. */
static inline uint64_t in_flight_remove(struct in_flight *table, uint16_t id) {
	uint64_t since_ns = table->since_ns[id];
	table->since_ns[id] = 0;
	table->count -= since_ns != 0;
	return since_ns;
}

#endif
