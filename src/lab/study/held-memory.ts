import { setFlagsFromString } from 'node:v8';
import { runInNewContext } from 'node:vm';

/** The heap goes up and down by so many octets through compilation alone. */
const heapNoiseBytes = 131_072;

const triesMax = 3;

let collect: (() => void) | undefined;

interface Held {
	readonly heapBytes: number;
	readonly bufferBytes: number;
}

/** What `release` let go of in this thread: buffers to the octet, and what is on the heap, where that is more than noise. */
export async function releasedBytes(release: () => void): Promise<number> {
	const before = await held();
	release();
	let after = await held();
	// Something may point to it a little longer.
	for (let i = 0; i < triesMax && after.bufferBytes >= before.bufferBytes; i++) after = await held();
	const heapBytes = before.heapBytes - after.heapBytes;
	return before.bufferBytes - after.bufferBytes + (heapBytes > heapNoiseBytes ? heapBytes : 0);
}

async function held(): Promise<Held> {
	// On a fresh stack: what lies on this one may still point to what was let go of.
	await new Promise<void>((resolve) => setImmediate(resolve));
	collectGarbage();
	const { heapUsed, arrayBuffers } = process.memoryUsage();
	return { heapBytes: heapUsed, bufferBytes: arrayBuffers };
}

/** Twice: buffers that the first collection finds are given back by the second at the latest. */
function collectGarbage(): void {
	if (collect === undefined) {
		setFlagsFromString('--expose-gc');
		collect = runInNewContext('gc') as () => void;
	}
	collect();
	collect();
}
