import type { RecordedReply } from '../../../../src/server/record/recorded-reply.ts';
import { nameToWire } from '../../../../src/wire/presentation.ts';

/** A hit by UDP for www.example, an address, unless told otherwise. */
export function replyOf(
	parts: Partial<Omit<RecordedReply, 'qname'>> & { name?: string } = {},
): RecordedReply {
	const { name = 'www.example', ...rest } = parts;
	return {
		overTcp: false,
		hasOpt: false,
		dnssecOk: false,
		isDenial: false,
		outcome: 1,
		id: 7,
		queryFlags: 0x0100,
		replyFlags: 0x8180,
		rcode: 0,
		qname: nameToWire(name),
		qtype: 1,
		qclass: 1,
		payloadBytes: 512,
		replyBytes: 45,
		keptSec: 300,
		client: '',
		port: 0,
		startMs: 1500,
		endMs: 1502.25,
		...rest,
	};
}
