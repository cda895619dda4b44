import { grown } from '../per-key.ts';

/** For each request the number of the next one for the same key, -1 if there is none. */
export function nextUses(keys: Uint32Array): Int32Array {
	const next = new Int32Array(new SharedArrayBuffer(4 * keys.length));
	let coming = new Int32Array(1024).fill(-1);
	for (let i = keys.length - 1; i >= 0; i--) {
		const key = keys[i];
		if (key >= coming.length) {
			const { length } = coming;
			coming = grown(coming, Math.max(key + 1, 2 * length)).fill(-1, length);
		}
		next[i] = coming[key];
		coming[key] = i;
	}
	return next;
}
