/**
 * A life of the native addon that ends at a chosen step, in a chosen way; life-cycle.test.ts runs it in a process of its own.
 *
 *     node life-cycle.child.ts STEP ENDING
 *
 * Endings: `exit` in the main thread; in a worker `exit`, `throw`, `terminate` and `return` with everything left open.
 */
import { createSocket } from 'node:dgram';
import { once } from 'node:events';
import { setTimeout as sleep } from 'node:timers/promises';
import { isMainThread, parentPort, threadId, Worker, workerData } from 'node:worker_threads';
import { loadBinding, type NativeBinding } from '../../src/net/native/binding.ts';

export const steps = [
	'loaded',
	'attached',
	'open',
	'started',
	'alarm-set',
	'alarm-rung',
	'in-batch',
	'queued',
	'flushed',
	'closed',
] as const;
export const endings = ['exit', 'worker-exit', 'worker-throw', 'worker-terminate', 'worker-return'] as const;
type Step = (typeof steps)[number];

/** Sockets of each kind that are open when the end comes. */
const socketCount = 3;

/** Goes through the steps and calls `reached` at each. */
function live(binding: NativeBinding, reached: (step: Step) => void): void {
	reached('loaded');
	const { memory, layout } = binding.attach(0, true, (handle, count) => {
		if (count < 0) return;
		if (handle === alarm) {
			reached('alarm-rung');
			// Past, so it rings in every turn while the later steps are taken.
			binding.setAlarm(alarm, 1);
			return;
		}
		new Uint16Array(memory, layout.txLengthAt, count).fill(1);
		reached('in-batch');
		new Int32Array(memory, layout.outSocketAt, 2).set([handle, upstreams[0]]);
		new Uint16Array(memory, layout.outLengthAt, 2).fill(20);
		reached('queued');
		binding.flush(2);
		reached('flushed');
		for (const each of [...listeners.map((listener) => listener.handle), ...upstreams, alarm])
			binding.close(each);
		reached('closed');
	});
	reached('attached');
	const listeners = Array.from({ length: socketCount }, () =>
		binding.openListener('127.0.0.1', 0, 65_536, true),
	);
	const upstreams = listeners.map(({ port }) => binding.openUpstream('127.0.0.1', port, 0).handle);
	const alarm = binding.openAlarm();
	reached('open');
	for (const { handle } of listeners) binding.start(handle);
	reached('started');
	binding.setAlarm(alarm, 1);
	reached('alarm-set');
	const client = createSocket('udp4');
	client.send('query', listeners[0].port, '127.0.0.1');
	client.unref();
}

function binding(): NativeBinding {
	const loaded = loadBinding();
	if (!loaded.binding) throw new Error(loaded.reason);
	return loaded.binding;
}

/** What a worker does when it has come so far. */
function endWorker(ending: string): void {
	if (ending === 'worker-exit') process.exit(0);
	if (ending === 'worker-throw') throw new Error('meant to be');
	parentPort!.postMessage('here');
	// A step inside a batch is left as it is; the thread goes on until it is terminated, or its loop has nothing to do.
}

async function watchWorker(step: string, ending: string): Promise<void> {
	const worker = new Worker(new URL(import.meta.url), { workerData: { step, ending } });
	const errors: unknown[] = [];
	worker.on('error', (error) => errors.push(error));
	const ended = once(worker, 'exit').catch(() => {});
	if (ending === 'worker-terminate') {
		await once(worker, 'message');
		await worker.terminate();
	}
	if (ending === 'worker-return') {
		await once(worker, 'message');
		// Its sockets hold it open; a worker whose parent is done ends with the process.
		await sleep(20);
		process.exit(0);
	}
	await ended;
	const expected = ending === 'worker-throw' ? 1 : 0;
	if (errors.length !== expected) throw new Error(`errors of the worker: ${errors.join()}`);
}

const argument = (at: number): string => process.argv[at] ?? '';
const isChild = argument(1).endsWith('life-cycle.child.ts');

if (!isMainThread && workerData) {
	const { step, ending } = workerData as { step: string; ending: string };
	live(binding(), (reached) => {
		if (reached === step) endWorker(ending);
	});
} else if (isChild && threadId === 0) {
	const [step, ending] = [argument(2), argument(3)];
	if (ending === 'exit') {
		live(binding(), (reached) => {
			if (reached === step) process.exit(0);
		});
	} else await watchWorker(step, ending);
}
