/** What a worker thread of a study runs: a policy at a size over requests in memory, or several over requests that come. */
import { NamesInMemory } from '../simulate/key-names.ts';
import type { Requests } from '../simulate/requests.ts';
import { OneRun } from './one-run.ts';
import {
	type MemoryTask,
	type RunOutcome,
	type StreamMessage,
	type StreamTask,
	type StudyTask,
	sliceRequests,
} from './run-plan.ts';

export async function runTask(task: StudyTask): Promise<readonly RunOutcome[]> {
	return task.kind === 'memory' ? [await runInMemory(task)] : runStream(task);
}

function runInMemory({ surroundings, run: spec, requests }: MemoryTask): Promise<RunOutcome> {
	const run = new OneRun(spec, surroundings, namesOf(surroundings));
	for (let start = 0; start < requests.count; start += sliceRequests) {
		run.run(sliceOf(requests, start, Math.min(requests.count, start + sliceRequests)));
	}
	return run.end();
}

function runStream({ surroundings, runs: specs, port }: StreamTask): Promise<readonly RunOutcome[]> {
	const names = namesOf(surroundings);
	const runs = specs.map((spec) => new OneRun(spec, surroundings, names));
	return new Promise((resolve, reject) => {
		port.on('message', (message: StreamMessage) => {
			try {
				if ('end' in message) {
					port.close();
					endAll(runs).then(resolve, reject);
					return;
				}
				for (const run of runs) run.run(message.batch);
				port.postMessage(undefined);
			} catch (thrown) {
				port.close();
				reject(thrown);
			}
		});
	});
}

/** One after the other: each is measured by what goes with it. */
async function endAll(runs: readonly OneRun[]): Promise<RunOutcome[]> {
	const outcomes: RunOutcome[] = [];
	for (const run of runs) outcomes.push(await run.end());
	return outcomes;
}

function namesOf({ names }: StudyTask['surroundings']): NamesInMemory | undefined {
	return names === undefined ? undefined : new NamesInMemory(names);
}

function sliceOf(requests: Requests, start: number, end: number): Requests {
	return {
		count: end - start,
		atMs: requests.atMs.subarray(start, end),
		keys: requests.keys.subarray(start, end),
		outcomes: requests.outcomes.subarray(start, end),
		ttlsSec: requests.ttlsSec.subarray(start, end),
		sizes: requests.sizes.subarray(start, end),
		rttsUs: requests.rttsUs.subarray(start, end),
	};
}
