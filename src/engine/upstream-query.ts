import { type CacheKey, keyFlag } from '../cache/key.ts';
import { applyHeaderMasks, type HeaderMasks } from '../rewrite/header-rules.ts';
import { optBytes, writeOpt } from '../wire/edns.ts';
import { flag, headerBytes, writeHeader, writeUint16 } from '../wire/header.ts';
import { maxNameBytes } from '../wire/name.ts';

/** Room for any query that petrel sends. */
export const maxQueryBytes = headerBytes + maxNameBytes + 4 + optBytes;

/** What upstreams may send by UDP: fits every path without fragments (DNS Flag Day 2020). */
export const upstreamPayloadBytes = 1232;

/** Room for a query, to be written anew for each. The name stands at a whole word, as it does in a key. */
export interface QueryRoom {
	readonly octets: Uint8Array;
	readonly words: Int32Array;
}

export function newQueryRoom(): QueryRoom {
	const words = new Int32Array(Math.ceil(maxQueryBytes / 4) + 1);
	return { words, octets: new Uint8Array(words.buffer) };
}

const headerWords = headerBytes / 4;
/** Where a key's name begins, in words (key.ts draws it). */
export const qnameAtWord = 2;

/**
 * Writes the query that a key stands for at the front of `room`, its ID left open, and returns its length. It is petrel's own:
 * of the client's there is the question, DO and CD. RD is set whatever the client said, AD asks for AD (RFC 6840
 * §5.7); `rules` may change both. `plain`: without EDNS.
 */
export function writeUpstreamQuery(
	room: QueryRoom,
	key: CacheKey,
	rules: HeaderMasks,
	bufsizeBytes: number,
	plain: boolean,
): number {
	const checkingDisabled = (key.flags & keyFlag.checkingDisabled) !== 0;
	const flags = applyHeaderMasks(flag.rd | flag.ad | (checkingDisabled ? flag.cd : 0), rules);
	const out = room.octets;
	writeHeader(out, 0, 0, flags, 1, 0, 0, plain ? 0 : 1);
	const { words } = room;
	const keyWords = key.words;
	for (let i = qnameAtWord; i < key.wordCount; i++) words[headerWords + i - qnameAtWord] = keyWords[i];
	const end = headerBytes + key.qnameBytes + 4;
	writeUint16(out, end - 4, key.qtype);
	writeUint16(out, end - 2, key.qclass);
	if (plain) return end;
	const payloadBytes = Math.min(bufsizeBytes, upstreamPayloadBytes);
	return writeOpt(out, end, payloadBytes, 0, (key.flags & keyFlag.dnssecOk) !== 0, -1);
}
