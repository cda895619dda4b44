import { LineDecoder } from '../../workload/read/lines.ts';
import { type Notes, quoted } from '../../workload/read/notes.ts';
import type { TraceSource } from '../../workload/read/source.ts';
import type { TraceRequest } from './request.ts';
import { RequestStream, type RequestStreamOptions } from './request-stream.ts';

/**
 * Traces of the ARC paper (Megiddo, Modha, FAST 2003): lines of START COUNT and two numbers that mean nothing here, where
 * COUNT blocks are asked for from START on. They have neither sizes nor times.
 */
export function readLis(source: TraceSource, options: RequestStreamOptions = {}): RequestStream {
	return new RequestStream(
		source,
		options,
		(notes, take) =>
			new LineDecoder(notes, (octets, start, end) =>
				readLine(octets.toString('latin1', start, end), notes, take),
			),
	);
}

/** Traces ask for hundreds of blocks at once; a damaged number is not to fill the memory. */
const countMax = 1_000_000;
const startAndCount = /^\s*(\d{1,15})\s+(\d{1,15})(?:\s|$)/;

function readLine(line: string, notes: Notes, take: (request: TraceRequest) => void): void {
	if (line.trim() === '') return;
	const match = startAndCount.exec(line);
	if (!match) {
		notes.bad('no blocks', `${quoted(line)} does not begin with a block and how many, as in "1024 8 0 0"`);
		return;
	}
	const first = Number(match[1]);
	const count = Number(match[2]);
	if (count === 0 || count > countMax) {
		notes.bad('bad count', `${match[2]} blocks are asked for; there should be 1 to ${countMax}`);
		return;
	}
	for (let id = first; id < first + count; id++) {
		take({ timeSec: Number.NaN, id, size: 1, nextUse: Number.NaN });
	}
}
