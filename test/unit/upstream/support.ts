import assert from 'node:assert/strict';
import packet from 'dns-packet';
import type { Answer } from '../../../src/load/upstream/answer.ts';
import type { Transport } from '../../../src/load/upstream/query.ts';
import { UpstreamScript, type UpstreamScriptOptions } from '../../../src/load/upstream/script.ts';

/** What a test asks. Left out: A over UDP with RD=1, without EDNS, ID 4242. */
export interface Ask {
	readonly type?: string;
	readonly id?: number;
	readonly transport?: Transport;
	readonly edns?: { readonly size?: number; readonly dnssecOk?: boolean };
	readonly flags?: number;
	readonly nowMs?: number;
	readonly queryOfConnection?: number;
	readonly port?: number;
}

export const askedId = 4242;

/** The octets of a query, made by dns-packet. */
export function makeQuery(name: string, ask: Ask = {}): Buffer {
	const opt = {
		type: 'OPT',
		name: '.',
		udpPayloadSize: ask.edns?.size ?? 1232,
		flags: ask.edns?.dnssecOk ? packet.DNSSEC_OK : 0,
		options: [],
	};
	return packet.encode({
		type: 'query',
		id: ask.id ?? askedId,
		flags: ask.flags ?? packet.RECURSION_DESIRED,
		questions: [{ type: (ask.type ?? 'A') as packet.RecordType, name }],
		additionals: ask.edns ? [opt as unknown as packet.Answer] : [],
	});
}

export function newScript(options: Partial<UpstreamScriptOptions> = {}): UpstreamScript {
	return new UpstreamScript({ seed: 7, ...options });
}

/** Asks a script and gives its answer as it is. */
export function answerTo(script: UpstreamScript, name: string, ask: Ask = {}): Answer {
	const origin = { port: ask.port ?? 0, queryOfConnection: ask.queryOfConnection ?? 1 };
	return script.answer(makeQuery(name, ask), ask.transport ?? 'udp', ask.nowMs ?? 1000, origin);
}

/** A decoded message, its records with plain types. */
export interface Decoded
	extends Omit<packet.DecodedPacket, 'id' | 'questions' | 'answers' | 'authorities' | 'additionals'> {
	readonly id: number;
	readonly rcode: string;
	readonly questions: packet.Question[];
	readonly answers: DecodedRecord[];
	readonly authorities: DecodedRecord[];
	readonly opt: packet.OptAnswer | undefined;
	readonly sizeBytes: number;
}

export interface DecodedRecord {
	readonly name: string;
	readonly type: string;
	readonly ttl: number;
	// biome-ignore lint/suspicious/noExplicitAny: RDATA has another shape for every type.
	readonly data: any;
}

export function decode(octets: Uint8Array): Decoded {
	const message = packet.decode(Buffer.from(octets)) as unknown as Decoded & { additionals: packet.Answer[] };
	const opt = message.additionals.find((record) => record.type === 'OPT') as packet.OptAnswer | undefined;
	return { ...message, opt, sizeBytes: octets.length };
}

/** Asks a script that answers with exactly one message, and decodes it. */
export function ask(script: UpstreamScript, name: string, options: Ask = {}): Decoded {
	const { deliveries } = answerTo(script, name, options);
	assert.equal(deliveries.length, 1, `${name} gets one delivery`);
	return decode(deliveries[0].octets);
}

/** The data of the answer section. */
export function dataOf(message: Decoded): unknown[] {
	return message.answers.map((record) => record.data);
}
