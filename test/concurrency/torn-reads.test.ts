/**
 * Goal: no reader ever keeps a torn copy, whatever writers do at the same time, dying included.
 * Method: real threads, all on one bucket of the shared cache, for some seconds; every copy is judged by its content.
 *
 *   allowed    a whole copy of a version that was stored for the key | nothing (evicted, removed, or gave up)
 *   forbidden  a copy of two versions (torn) | another key's answer (alien) | an older version of a writer's than the
 *              same reader has seen before (backwards)
 *
 * The test of the test: the same harness on the same code without the reader's second look must see torn copies.
 *
 * Lasts PETREL_TORN_SECONDS, 10 by default. On x86 this shows the code and the compiler right, not the memory ordering
 * of weaker processors; seqlock-interleaver.test.ts and docs/design/0001-cache-layout.md say more.
 */
import assert from 'node:assert/strict';
import { test } from 'node:test';
import { setTimeout as pause } from 'node:timers/promises';
import { Worker } from 'node:worker_threads';
import type { ReaderReport, TornReadsData, WriterReport } from './torn-reads.worker.ts';

const seconds = Number(process.env.PETREL_TORN_SECONDS ?? 10);
const workerFile = new URL('./torn-reads.worker.ts', import.meta.url);

class Bucket {
	readonly cache = new SharedArrayBuffer(8192);
	readonly epochs = new SharedArrayBuffer(64);
	readonly control = new SharedArrayBuffer(8);
	readonly #withoutSecondLook: boolean;
	readonly readers: Promise<ReaderReport>[] = [];
	readonly writers: Promise<WriterReport | undefined>[] = [];

	constructor(withoutSecondLook: boolean) {
		this.#withoutSecondLook = withoutSecondLook;
	}

	/** Starts a thread; resolves when it is about to work. Its report is undefined if it was terminated. */
	async #start<Report>(
		role: TornReadsData['role'],
		number: number,
	): Promise<{ worker: Worker; report: Promise<Report | undefined> }> {
		const { cache, epochs, control } = this;
		const workerData: TornReadsData = {
			role,
			number,
			cache,
			epochs,
			control,
			withoutSecondLook: this.#withoutSecondLook,
		};
		const worker = new Worker(workerFile, { workerData });
		const ready = Promise.withResolvers<void>();
		const report = new Promise<Report | undefined>((resolve, reject) => {
			worker.on('message', (message) => (message === 'ready' ? ready.resolve() : resolve(message as Report)));
			worker.once('error', reject);
			worker.once('exit', () => resolve(undefined));
		});
		report.catch(ready.reject);
		await ready.promise;
		return { worker, report };
	}

	async addReader(number: number): Promise<void> {
		const { report } = await this.#start<ReaderReport>('reader', number);
		this.readers.push(report as Promise<ReaderReport>);
	}

	async addWriter(shard: number): Promise<Worker> {
		const { worker, report } = await this.#start<WriterReport>('writer', shard);
		this.writers.push(report);
		return worker;
	}

	/** Kills a writer wherever it is, says that it is dead, and starts its successor. */
	async replaceWriter(worker: Worker, shard: number): Promise<Worker> {
		await worker.terminate();
		Atomics.add(new Int32Array(this.epochs), shard, 1);
		return this.addWriter(shard);
	}

	async stop(): Promise<{ readers: ReaderReport[]; writers: WriterReport[] }> {
		Atomics.store(new Int32Array(this.control), 0, 1);
		const readers = await Promise.all(this.readers);
		const writers = (await Promise.all(this.writers)).filter((report) => report !== undefined);
		return { readers, writers };
	}
}

function sum<Name extends string>(reports: readonly Readonly<Record<Name, number>>[], name: Name): number {
	return reports.reduce((total, report) => total + report[name], 0);
}

function print(what: string, readers: readonly ReaderReport[], writers: readonly WriterReport[]): void {
	const counts = (['whole', 'nothing', 'torn', 'alien', 'backwards', 'retried', 'gaveUp'] as const)
		.map((name) => `${name} ${sum(readers, name)}`)
		.join(', ');
	process.stdout.write(
		`# ${what}: written ${sum(writers, 'written')}, not ${sum(writers, 'notWritten')}; read: ${counts}\n`,
	);
}

function assertNoneForbidden(readers: readonly ReaderReport[]): void {
	assert.deepEqual(
		{ torn: sum(readers, 'torn'), alien: sum(readers, 'alien'), backwards: sum(readers, 'backwards') },
		{ torn: 0, alien: 0, backwards: 0 },
	);
}

test('two writers and two readers on one bucket: every copy is whole', async () => {
	const bucket = new Bucket(false);
	for (const number of [0, 1]) await bucket.addReader(number);
	for (const shard of [0, 1]) await bucket.addWriter(shard);
	await pause(seconds * 1000);
	const { readers, writers } = await bucket.stop();
	print('two writers, two readers', readers, writers);
	assertNoneForbidden(readers);
	for (const report of readers) assert.ok(report.whole > 1000, 'each reader read something');
	for (const report of writers) assert.ok(report.written > 1000, 'each writer wrote something');
	assert.ok(sum(readers, 'retried') > 0, 'readers and writers met');
});

test('writers that are killed wherever they are leave neither a torn copy nor a locked bucket', async () => {
	const bucket = new Bucket(false);
	await bucket.addReader(0);
	const workers = [await bucket.addWriter(0), await bucket.addWriter(1)];
	const rounds = Math.ceil(seconds * 2);
	for (let round = 0; round < rounds; round++) {
		await pause(20);
		workers[round % 2] = await bucket.replaceWriter(workers[round % 2], round % 2);
	}
	await pause(100);
	const { readers, writers } = await bucket.stop();
	print(`${rounds} writers killed`, readers, writers);
	assertNoneForbidden(readers);
	assert.equal(writers.length, 2, 'two were alive at the end');
	for (const report of writers) assert.ok(report.written > 0, 'the bucket could be written to the end');
});

test('the test of the test: without the second look this harness sees torn copies', async () => {
	const bucket = new Bucket(true);
	for (const number of [0, 1]) await bucket.addReader(number);
	for (const shard of [0, 1]) await bucket.addWriter(shard);
	await pause(Math.min(2000, seconds * 1000));
	const { readers, writers } = await bucket.stop();
	print('without the second look', readers, writers);
	assert.ok(sum(readers, 'torn') > 0, 'not one torn copy: this harness could not have found any');
});
