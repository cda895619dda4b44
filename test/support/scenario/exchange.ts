import type { ClientEndpoint } from '../../../src/engine/io.ts';
import { type Decoded, decodeMessage } from './message.ts';

/** A client's query and what became of it. */
export interface Exchange {
	/** The step that asked. */
	readonly step: number;
	readonly line: number;
	readonly query: Uint8Array;
	readonly transport: 'udp' | 'tcp';
	readonly from: ClientEndpoint;
	readonly shard: number;
	/** The engine keeps the client for a later answer. */
	waits: boolean;
	/** There will be no answer: the engine said so, or its shard died. */
	dropped: boolean;
	answer: Uint8Array | undefined;
	/** A CHECK_ANSWER looked at the answer. */
	checked: boolean;
	/** A NO_ANSWER said that there is none. */
	expectedSilence: boolean;
	/** Where the answer goes if the client is no step, but an upstream that forwards. */
	readonly passOn?: (octets: Uint8Array) => void;
}

const formerr = 1;
const nsidOption = 3;
const edeOption = 15;
const plainUdpBytes = 512;

/** What every answer to a client must be, whatever the scenario says. Returns what it is not. */
export function faultsOfAnswer(exchange: Exchange, octets: Uint8Array): string[] {
	const faults: string[] = [];
	let answer: Decoded;
	try {
		answer = decodeMessage(octets);
	} catch (thrown) {
		return [
			`the answer does not parse: ${(thrown as Error).message}: ${Buffer.from(octets).toString('hex')}`,
		];
	}
	const { query } = exchange;
	const bodyAt = 12;
	if (answer.id !== ((query[0] << 8) | query[1])) faults.push('it has another ID than the query');
	if (!answer.flags.includes('QR')) faults.push('QR is clear');
	const questionEnd = questionEndOf(octets, answer.questions.length);
	for (let i = bodyAt; i < questionEnd; i++) {
		if (octets[i] === query[i]) continue;
		faults.push('its question is not spelled as in the query');
		break;
	}
	if (answer.questions.length === 0 && answer.rcode !== formerr && answer.opcode === 0) {
		faults.push('it has no question');
	}
	return [...faults, ...faultsOfEdns(exchange, answer, octets.length)];
}

function questionEndOf(octets: Uint8Array, count: number): number {
	let position = 12;
	for (let i = 0; i < count; i++) {
		while (octets[position] !== 0) position += octets[position] + 1;
		position += 5;
	}
	return position;
}

/** RFC 6891 §6.1.1, §6.2.3: an OPT for those who sent one, and no more octets than they take. */
function faultsOfEdns(exchange: Exchange, answer: Decoded, sizeBytes: number): string[] {
	const faults: string[] = [];
	let asked: Decoded | undefined;
	try {
		asked = decodeMessage(exchange.query);
	} catch {
		// A query that does not parse: nothing is known of its EDNS.
	}
	const opt = asked?.opt;
	if (answer.opt && asked && !opt) faults.push('it has an OPT, and the query has none');
	if (opt && !answer.opt && answer.rcode !== formerr && answer.opcode === 0) faults.push('it lacks an OPT');
	if (answer.opt && answer.opt.version !== 0) faults.push(`its OPT has version ${answer.opt.version}`);
	if (opt && answer.opt && answer.opt.dnssecOk !== opt.dnssecOk) faults.push("its DO is not the client's");
	const asksForNsid = opt?.options.some(({ code }) => code === nsidOption) ?? false;
	if (answer.opt?.options.some(({ code }) => code !== edeOption && !(code === nsidOption && asksForNsid)))
		faults.push("it has an EDNS option that is not petrel's");
	const limit = Math.max(plainUdpBytes, opt?.payloadBytes ?? 0);
	if (exchange.transport === 'udp' && sizeBytes > limit)
		faults.push(`it has ${sizeBytes} octets for a client that takes ${limit}`);
	return faults;
}
