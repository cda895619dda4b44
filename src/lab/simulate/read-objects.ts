import type { Numbering } from '../traces/numbering.ts';
import type { RequestStream } from '../traces/request-stream.ts';
import { noExpirySec, outcome, RequestBuilder, type Requests } from './requests.ts';

export interface ObjectOptions {
	/** How long each object lasts from when it was fetched. By default for ever. */
	readonly ttlSec?: number | undefined;
}

/** Requests a batch, at least, except for the last. */
const batchRequests = 8192;

/** Requests of a trace that is not of DNS, as they are read: each has an answer, which can be kept. */
export async function* readObjects(
	trace: RequestStream,
	numbering: Numbering,
	{ ttlSec = noExpirySec }: ObjectOptions = {},
): AsyncGenerator<Requests, void, void> {
	const builder = new RequestBuilder(Number.POSITIVE_INFINITY, batchRequests);
	let startSec = Number.NaN;
	for await (const requests of trace.batches()) {
		for (const { timeSec, id, size } of requests) {
			if (Number.isNaN(startSec)) startSec = timeSec;
			const atMs = (timeSec - startSec) * 1000;
			builder.add(atMs, numbering.of(id), outcome.positive, ttlSec, size, 0);
		}
		if (builder.count >= batchRequests) yield builder.take();
	}
	if (builder.count > 0) yield builder.take();
}
