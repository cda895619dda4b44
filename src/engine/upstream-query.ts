import { type CacheKey, keyFlag } from '../cache/key.ts';
import { applyHeaderMasks, type HeaderMasks } from '../rewrite/header-rules.ts';
import { optBytes, writeOpt } from '../wire/edns.ts';
import { flag, headerBytes, writeHeader, writeUint16 } from '../wire/header.ts';
import { maxNameBytes } from '../wire/name.ts';

/** Room for any query that petrel sends. */
export const maxQueryBytes = headerBytes + maxNameBytes + 4 + optBytes;

/** What upstreams may send by UDP: fits every path without fragments (DNS Flag Day 2020). */
export const upstreamPayloadBytes = 1232;

/**
 * Writes the query that a key stands for at `out[0...]`, its ID left open, and returns its length. It is petrel's own:
 * of the client's there is the question, DO and CD. RD is set whatever the client said, AD asks for AD (RFC 6840
 * §5.7); `rules` may change both. `plain`: without EDNS.
 */
export function writeUpstreamQuery(
	out: Uint8Array,
	key: CacheKey,
	rules: HeaderMasks,
	bufsizeBytes: number,
	plain: boolean,
): number {
	const checkingDisabled = (key.flags & keyFlag.checkingDisabled) !== 0;
	const flags = applyHeaderMasks(flag.rd | flag.ad | (checkingDisabled ? flag.cd : 0), rules);
	writeHeader(out, 0, 0, flags, 1, 0, 0, plain ? 0 : 1);
	const qname = key.qname;
	for (let i = 0; i < key.qnameBytes; i++) out[headerBytes + i] = qname[i];
	const end = headerBytes + key.qnameBytes + 4;
	writeUint16(out, end - 4, key.qtype);
	writeUint16(out, end - 2, key.qclass);
	if (plain) return end;
	const payloadBytes = Math.min(bufsizeBytes, upstreamPayloadBytes);
	return writeOpt(out, end, payloadBytes, 0, (key.flags & keyFlag.dnssecOk) !== 0, -1);
}
