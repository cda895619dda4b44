/** Fills a ring as fast as it can until so many records found room; says how many did not. */
import { parentPort, workerData } from 'node:worker_threads';
import { LogRing, LogRingWriter } from '../../src/engine/log-ring.ts';

const { memory, records } = workerData as { memory: SharedArrayBuffer; records: number };
const times = Float64Array.of(0, 0);
const writer = new LogRingWriter(new LogRing(memory, 1, 0), times);
let written = 0;
let dropped = 0;
for (let number = 0; written < records; number++) {
	const size = 7 + (number % 9);
	const place = writer.reserve(size);
	if (place < 0) {
		dropped++;
	} else {
		const { words } = writer.ring;
		words[place * 2] = size | (1 << 16);
		// Every word says the same, so that a record that is torn shows.
		for (let word = 1; word < size * 2; word++)
			if (word !== 12 && word !== 13) words[place * 2 + word] = number;
		written++;
	}
	times[1] = number;
	if (number % 16 === 15 || written === records) writer.endTurn();
}
parentPort!.postMessage({ dropped });
