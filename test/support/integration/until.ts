import { setTimeout as sleep } from 'node:timers/promises';

const lookEveryMs = 20;

/** Resolves when the condition holds; if it never does, the limit of the test ends the wait. */
export async function until(condition: () => boolean | Promise<boolean>): Promise<void> {
	while (!(await condition())) await sleep(lookEveryMs);
}
