/*
 * Turns a query into its answer, in place: the least that a DNS server can do.
 *
 *   query    header | question | [OPT ...]
 *   answer   header | question | A record, 16 octets | [OPT, 11 octets]
 *
 * The A record names its owner by a pointer to the question, so the answer is as long as that of a cache. Its address
 * comes from the name (case ignored), so equal names get equal answers. Other types than A get an empty answer.
 */
#ifndef PETREL_BENCH_ANSWER_H
#define PETREL_BENCH_ANSWER_H

#include <stddef.h>
#include <stdint.h>
#include <string.h>

enum {
	HEADER_BYTES = 12,
	ADDRESS_RECORD_BYTES = 16,
	OPT_BYTES = 11,
	/* What an answer may be longer than its query. */
	ANSWER_GROWTH_BYTES = ADDRESS_RECORD_BYTES + OPT_BYTES,
	/* EDNS over loopback: what clients and upstreams here never exceed. */
	MESSAGE_BYTES_MAX = 1232,
	TYPE_A = 1,
	TYPE_OPT = 41,
};

/* Writes the A record of a name with this hash and gives back where it ends. */
static inline uint8_t *write_address(uint8_t *at, uint32_t hash, uint32_t ttl_sec) {
	const uint8_t record[ADDRESS_RECORD_BYTES] = {
		0xc0, HEADER_BYTES, 0, TYPE_A, 0, 1, ttl_sec >> 24, ttl_sec >> 16, ttl_sec >> 8, ttl_sec, 0, 4,
		10, hash >> 16, hash >> 8, hash,
	};
	memcpy(at, record, sizeof record);
	return at + sizeof record;
}

/*
 * The length of the answer that now stands in `message`, which has room for ANSWER_GROWTH_BYTES more than the query;
 * 0 if the query is not one that a reflector answers: no response, one question, whole.
 */
static inline size_t turn_into_answer(uint8_t *message, size_t bytes, uint32_t ttl_sec) {
	if (bytes < HEADER_BYTES || (message[2] & 0x80) != 0 || message[4] != 0 || message[5] != 1) return 0;
	size_t at = HEADER_BYTES;
	uint32_t hash = 2166136261u;
	while (at < bytes && message[at] != 0) {
		size_t next = at + 1 + message[at];
		if (message[at] > 63 || next >= bytes) return 0;
		for (; at < next; at++) hash = (hash ^ (message[at] | 0x20)) * 16777619u;
	}
	size_t end = at + 5;
	if (end > bytes) return 0;
	const uint8_t *opt = message + end;
	int has_opt = message[11] == 1 && bytes - end >= OPT_BYTES && opt[0] == 0 && opt[2] == TYPE_OPT;
	uint8_t opt_flags = has_opt ? opt[7] : 0;
	int has_address = message[at + 1] == 0 && message[at + 2] == TYPE_A;

	message[2] = 0x80 | (message[2] & 0x01);
	message[3] = 0x80 | (message[3] & 0x10);
	memset(message + 6, 0, 6);
	message[7] = (uint8_t)has_address;
	message[11] = (uint8_t)has_opt;
	uint8_t *out = message + end;
	if (has_address) out = write_address(out, hash, ttl_sec);
	if (has_opt) {
		const uint8_t reply_opt[OPT_BYTES] = {
			0, 0, TYPE_OPT, MESSAGE_BYTES_MAX >> 8, MESSAGE_BYTES_MAX & 0xff, 0, 0, opt_flags, 0, 0, 0,
		};
		memcpy(out, reply_opt, sizeof reply_opt);
		out += sizeof reply_opt;
	}
	return (size_t)(out - message);
}

#endif
