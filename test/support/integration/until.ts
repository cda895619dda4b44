import { setTimeout as sleep } from 'node:timers/promises';

const lookEveryMs = 20;

/** Resolves when the condition holds; if it never does, the limit of the test ends the wait. */
export async function until(condition: () => boolean | Promise<boolean>): Promise<void> {
	while (!(await condition())) await sleep(lookEveryMs);
}

/** Resolves when the value has stayed the same for a while. */
export async function settled(value: () => unknown, forMs = 300): Promise<void> {
	let last = value();
	let since = performance.now();
	while (performance.now() - since < forMs) {
		await sleep(lookEveryMs);
		const now = value();
		if (now === last) continue;
		last = now;
		since = performance.now();
	}
}
