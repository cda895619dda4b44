import { type Decoded, decodeMessage } from './message.ts';

/** A query that the engine sent to an upstream. */
export interface UpstreamQuery {
	readonly message: Decoded;
	/** Lower case, with its last dot. */
	readonly name: string;
	readonly socket: number;
	readonly shard: number;
	readonly address: string;
	readonly transport: 'udp' | 'tcp';
	readonly sentMs: number;
	/** The step in which it was sent. */
	readonly step: number;
	/** The steps are to answer it; else a range, a script or a silent upstream takes care. */
	readonly byHand: boolean;
	/** The step that looked at it: CHECK_OUT_QUERY, or the REPLY or ERROR that was the first to. */
	seenBy: number;
	/** A CHECK_OUT_COUNT counted it. */
	counted: boolean;
	/** The engine does not wait for an answer any more. */
	settled: boolean;
}

/** What every upstream query must be, whatever the scenario says. Returns what it is not. */
export function faultsOfUpstreamQuery(message: Decoded): string[] {
	const faults: string[] = [];
	if (message.flags.includes('QR')) faults.push('QR is set');
	if (message.opcode !== 0) faults.push(`its opcode is ${message.opcode}`);
	if (message.questions.length !== 1) faults.push(`it has ${message.questions.length} questions`);
	if (message.answer.length + message.authority.length + message.additional.length > 0)
		faults.push('it has records');
	if (message.opt && message.opt.options.length > 0) faults.push('it has EDNS options');
	if (message.questions[0] && message.questions[0].class !== 'IN') faults.push('its class is not IN');
	return faults;
}

export function decodeUpstreamQuery(octets: Uint8Array): Decoded {
	const message = decodeMessage(octets);
	const faults = faultsOfUpstreamQuery(message);
	if (faults.length > 0) throw new Error(`a query to an upstream is wrong: ${faults.join('; ')}`);
	return message;
}
