import { LineDecoder } from '../../workload/read/lines.ts';
import type { TraceSource } from '../../workload/read/source.ts';
import { readId } from './request.ts';
import { RequestStream, type RequestStreamOptions } from './request-stream.ts';

/** Traces of the LIRS paper (Jiang, Zhang, SIGMETRICS 2002): an id a line. Lines of `*` part them into sections. */
export function readLirs(source: TraceSource, options: RequestStreamOptions = {}): RequestStream {
	return new RequestStream(source, options, (notes, take) => {
		return new LineDecoder(notes, (octets, lineStart, lineEnd) => {
			let start = lineStart;
			let end = lineEnd;
			while (start < end && octets[start] <= blank) start++;
			while (start < end && octets[end - 1] <= blank) end--;
			if (start === end) return;
			if (end - start === 1 && octets[start] === asterisk) {
				notes.passOver('sections');
				return;
			}
			take({ timeSec: Number.NaN, id: readId(octets, start, end), size: 1, nextUse: Number.NaN });
		});
	});
}

const blank = 0x20;
const asterisk = 0x2a;
