/*
 * Latencies in a histogram of fixed size: each power of two of nanoseconds in 64 equal parts, so that a percentile is
 * at most 1.6 % off, whatever its size.
 */
#ifndef PETREL_BENCH_HISTOGRAM_H
#define PETREL_BENCH_HISTOGRAM_H

#include <stdint.h>

enum { PART_BITS = 6, PARTS = 1 << PART_BITS, BUCKETS = (64 - PART_BITS + 1) * PARTS };

struct histogram {
	uint64_t counts[BUCKETS];
	uint64_t total;
	uint64_t max_ns;
};

static inline void histogram_add(struct histogram *histogram, uint64_t ns) {
	/* Below PARTS the value is its bucket; above, the highest PART_BITS + 1 bits are. */
	int shift = ns < PARTS ? 0 : 63 - __builtin_clzll(ns) - PART_BITS;
	histogram->counts[(unsigned)shift * PARTS + (ns >> shift)]++;
	histogram->total++;
	if (ns > histogram->max_ns) histogram->max_ns = ns;
}

/* The upper end of the bucket in which this share of all values ends; 0 of an empty histogram. */
static inline uint64_t histogram_percentile(const struct histogram *histogram, double share) {
	uint64_t below = 0;
	for (unsigned bucket = 0; bucket < BUCKETS; bucket++) {
		below += histogram->counts[bucket];
		if (histogram->total == 0 || (double)below < share * (double)histogram->total) continue;
		if (bucket < 2 * PARTS) return bucket;
		int shift = (int)(bucket / PARTS) - 1;
		uint64_t end = ((bucket % PARTS + PARTS + 1ull) << shift) - 1;
		return end < histogram->max_ns ? end : histogram->max_ns;
	}
	return 0;
}

#endif
