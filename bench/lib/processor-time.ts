import { readdirSync, readFileSync } from 'node:fs';

/**
 * What the kernel's scheduler says of all threads of a process, in seconds. From `schedstat`, in nanoseconds: `stat` has clock
 * ticks of 10 ms. A thread that has ended does not count, so two readings compare only where none ends between them. Linux
 * only.
 */
export interface Scheduled {
	/** On a processor. */
	readonly ranSec: number;
	/** Ready to run, while something else had the processor; its own other threads too. */
	readonly waitedSec: number;
}

export function scheduledOf(pid: number): Scheduled {
	let [ranNs, waitedNs] = [0, 0];
	for (const task of readdirSync(`/proc/${pid}/task`)) {
		const [ran, waited] = readTask(pid, task).split(' ');
		ranNs += Number(ran);
		waitedNs += Number(waited ?? 0);
	}
	return { ranSec: ranNs / 1e9, waitedSec: waitedNs / 1e9 };
}

/** '' for a thread that has ended since it was listed. */
function readTask(pid: number, task: string): string {
	try {
		return readFileSync(`/proc/${pid}/task/${task}/schedstat`, 'utf8');
	} catch {
		return '';
	}
}
