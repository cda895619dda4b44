#include "names.h"

#include <math.h>
#include <stdlib.h>
#include <string.h>
#include <sys/random.h>

enum { HEADER_BYTES = 12, PREFIX_LETTERS = 6, LABEL_BYTES_MAX = 63, NAME_BYTES_MAX = 255, PAYLOAD_BYTES = 1232 };

/* SplitMix64 (Steele, Lea, Flood, OOPSLA 2014): one addition and three mixes a number, any seed will do. */
static uint64_t random_next(uint64_t *state) {
	uint64_t z = *state += 0x9e3779b97f4a7c15ull;
	z = (z ^ (z >> 30)) * 0xbf58476d1ce4e5b9ull;
	z = (z ^ (z >> 27)) * 0x94d049bb133111ebull;
	return z ^ (z >> 31);
}

/* In [0, count): the upper half of a product, which no division has to make. */
static uint32_t random_below(uint64_t *state, uint32_t count) {
	return (uint32_t)(((random_next(state) >> 32) * count) >> 32);
}

/*
 * Vose's way to the alias table (IEEE TSE 17(9), 1991): columns with less than their share are filled up by columns
 * with more, so that a draw costs one column and one comparison whatever the distribution.
 */
static bool alias_init(struct names *names, double exponent) {
	uint32_t count = names->count;
	double *shares = malloc(count * sizeof *shares);
	uint32_t *stack = malloc(count * sizeof *stack);
	names->thresholds = malloc(count * sizeof *names->thresholds);
	names->aliases = malloc(count * sizeof *names->aliases);
	if (shares == NULL || stack == NULL || names->thresholds == NULL || names->aliases == NULL) return false;
	double sum = 0;
	for (uint32_t i = 0; i < count; i++) sum += shares[i] = pow(i + 1.0, -exponent);
	/* Small columns grow from the stack's start, large ones from its end. */
	uint32_t small = 0;
	uint32_t large = count;
	for (uint32_t i = 0; i < count; i++) {
		shares[i] *= count / sum;
		if (shares[i] < 1) stack[small++] = i;
		else stack[--large] = i;
	}
	while (small > 0 && large < count) {
		uint32_t less = stack[--small];
		uint32_t more = stack[large];
		names->thresholds[less] = (uint32_t)(shares[less] * UINT32_MAX);
		names->aliases[less] = more;
		shares[more] -= 1 - shares[less];
		if (shares[more] >= 1) continue;
		large++;
		stack[small++] = more;
	}
	/* What is left is full but for rounding. */
	while (small > 0) names->thresholds[stack[--small]] = UINT32_MAX;
	while (large < count) names->thresholds[stack[large++]] = UINT32_MAX;
	free(shares);
	free(stack);
	return true;
}

/* Label by label; an empty zone or "." is the root. */
static bool write_zone(struct names *names, const char *zone) {
	while (*zone != 0 && strcmp(zone, ".") != 0) {
		size_t bytes = strcspn(zone, ".");
		if (bytes == 0 || bytes > LABEL_BYTES_MAX) return false;
		if (names->tail_bytes + bytes + 2 > NAME_BYTES_MAX - LABEL_BYTES_MAX) return false;
		names->tail[names->tail_bytes++] = (uint8_t)bytes;
		memcpy(names->tail + names->tail_bytes, zone, bytes);
		names->tail_bytes += bytes;
		zone += bytes + (zone[bytes] == '.');
	}
	names->tail[names->tail_bytes++] = 0;
	return true;
}

bool names_init(struct names *names, const char *zone, double exponent, bool edns) {
	const uint8_t header[HEADER_BYTES] = { 0, 0, 0x01, 0, 0, 1, 0, 0, 0, 0, 0, edns };
	memcpy(names->head, header, sizeof header);
	names->head_bytes = HEADER_BYTES + 1;
	if (names->draw == DRAW_NEW) {
		uint8_t random[PREFIX_LETTERS];
		if (getrandom(random, sizeof random, 0) != sizeof random) return false;
		for (int i = 0; i < PREFIX_LETTERS; i++) names->head[names->head_bytes++] = 'a' + random[i] % 26;
	} else {
		names->head[names->head_bytes++] = 'n';
	}
	if (!write_zone(names, zone)) return false;
	/* Type A, class IN; OPT as stub resolvers send it: their payload size, no flags, no options. */
	const uint8_t end[] = { 0, 1, 0, 1, 0, 0, 41, PAYLOAD_BYTES >> 8, PAYLOAD_BYTES & 0xff, 0, 0, 0, 0, 0, 0 };
	size_t end_bytes = edns ? sizeof end : 4;
	memcpy(names->tail + names->tail_bytes, end, end_bytes);
	names->tail_bytes += end_bytes;
	names->next = names->draw == DRAW_ONCE ? names->count : 0;
	return names->draw != DRAW_ZIPF || alias_init(names, exponent);
}

uint32_t names_draw(struct names *names) {
	if (names->draw == DRAW_NEW) return names->next++;
	if (names->draw == DRAW_ONCE) return --names->next;
	if (names->draw == DRAW_FIXED) return random_below(&names->random_state, names->count);
	uint32_t column = random_below(&names->random_state, names->count);
	bool own = (uint32_t)random_next(&names->random_state) <= names->thresholds[column];
	return own ? column : names->aliases[column];
}

size_t names_query(const struct names *names, uint8_t *out, uint16_t id, uint32_t number) {
	memcpy(out, names->head, names->head_bytes);
	out[0] = (uint8_t)(id >> 8);
	out[1] = (uint8_t)id;
	uint8_t digits[10];
	size_t count = 0;
	do digits[count++] = '0' + number % 10;
	while ((number /= 10) > 0);
	size_t at = names->head_bytes;
	while (count > 0) out[at++] = digits[--count];
	out[HEADER_BYTES] = (uint8_t)(at - HEADER_BYTES - 1);
	memcpy(out + at, names->tail, names->tail_bytes);
	return at + names->tail_bytes;
}
