/* Which name is asked next, and the query for it. */
#ifndef PETREL_BENCH_NAMES_H
#define PETREL_BENCH_NAMES_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

enum { QUERY_BYTES_MAX = 320 };

/* How numbers of names are drawn; the name of number 7 is `n7.<zone>`. */
enum draw {
	DRAW_FIXED, /* uniform over [0, count) */
	DRAW_NEW, /* every number once; names have a prefix of this run, so that no run repeats another's */
	DRAW_ZIPF, /* number r with a probability in proportion to 1 / (r + 1) ** exponent */
	DRAW_ONCE, /* count - 1 down to 0, each once: the most popular of a Zipf distribution come last */
};

struct names {
	enum draw draw;
	uint32_t count;
	uint64_t random_state;
	uint32_t next;
	/* Walker's alias method: column i stands for itself below its threshold, for its alias above. DRAW_ZIPF only. */
	uint32_t *thresholds;
	uint32_t *aliases;
	/* Header, then the fixed beginning of the first label; what follows the label. */
	uint8_t head[64];
	size_t head_bytes;
	uint8_t tail[272];
	size_t tail_bytes;
};

/* False if the zone is no name, or memory is short. */
bool names_init(struct names *names, const char *zone, double exponent, bool edns);

/* The number of the next name. DRAW_ONCE must not be asked more than `count` times. */
uint32_t names_draw(struct names *names);

/* Writes the query for a name (type A, RD) and gives back its length, at most QUERY_BYTES_MAX. */
size_t names_query(const struct names *names, uint8_t *out, uint16_t id, uint32_t number);

#endif
