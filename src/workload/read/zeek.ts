import type { Sink, TraceDecoder } from './decoder.ts';
import { LineDecoder } from './lines.ts';
import type { Notes } from './notes.ts';
import { readZeekJson } from './zeek-json.ts';
import type { ZeekOptions } from './zeek-options.ts';
import { ZeekTable } from './zeek-table.ts';

const brace = 0x7b;

/** Zeek's dns.log, as a table with `#fields` or as JSON, one object a line; a file may change between them. */
export function zeekDecoder(notes: Notes, sink: Sink, options: ZeekOptions): TraceDecoder {
	const table = new ZeekTable(notes, sink, options);
	return new LineDecoder(notes, (octets, start, end) => {
		if (start === end) return;
		if (octets[start] === brace) readZeekJson(octets.toString('utf8', start, end), notes, sink, options);
		else table.readLine(octets, start, end);
	});
}
