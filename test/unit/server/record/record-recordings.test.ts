/**
 * Goal: the main thread hands over what shards record, one recording at a time, and waits for nobody. Method: rings that the
 * test writes as shards do, and readers that are slow, gone, or late.
 */
import assert from 'node:assert/strict';
import { PassThrough, Writable } from 'node:stream';
import { test } from 'node:test';
import { LogRing, LogRingWriter } from '../../../../src/engine/log-ring.ts';
import type { RecordingSetup } from '../../../../src/engine/query-recorder.ts';
import { FrameReader } from '../../../../src/server/record/frame.ts';
import { RecordingRuns, Recordings } from '../../../../src/server/record/recordings.ts';
import type { ShardCommand } from '../../../../src/server/shard-messages.ts';
import { until } from '../../../support/integration/until.ts';

const limit = { timeout: 20_000 };
const shards = 2;

/** Recordings with a clock and shards that the test moves. */
class Stage {
	nowMs = 1000;
	readonly said: string[] = [];
	readonly commands: (RecordingSetup | undefined)[] = [];
	readonly recordings = new Recordings({
		shards,
		schema: 1,
		version: '9.9.9',
		nowMs: () => this.nowMs,
		epochMs: () => 5000,
		call: async (command) => {
			const sent = command(1) as Extract<ShardCommand, { kind: 'record' }>;
			assert.equal(sent.kind, 'record');
			this.commands.push(sent.setup);
		},
		say: (text) => this.said.push(text),
	});

	/** A shard's end of the recording that runs. */
	writer(shard: number): LogRingWriter {
		return new LogRingWriter(
			new LogRing(this.recordings.setup!.memory, shards, shard),
			Float64Array.of(0, 0),
		);
	}
}

/** As many as a record's head takes, and a name. */
const units = 8;

/** A record that is known by a number. */
function write(writer: LogRingWriter, number: number): boolean {
	const place = writer.reserve(units);
	if (place < 0) writer.ring.drop();
	else writer.ring.words.set([units, number], place * 2);
	return place >= 0;
}

function collect(stream: PassThrough): { head: () => unknown; numbers: () => number[]; lost: () => number } {
	const chunks: Buffer[] = [];
	stream.on('data', (chunk) => chunks.push(chunk));
	const frames = () => {
		const all = Buffer.concat(chunks);
		return [...new FrameReader().read(all.subarray(all.indexOf(10) + 1))];
	};
	return {
		head: () => JSON.parse(Buffer.concat(chunks).toString('latin1').split('\n', 1)[0]),
		numbers: () =>
			frames().flatMap(({ records }) => {
				const words = new Int32Array(records.buffer);
				return Array.from({ length: words.length / 2 / units }, (_, i) => words[i * 2 * units + 1]);
			}),
		lost: () => frames().at(-1)?.lostCount ?? 0,
	};
}

test(
	'what all shards write up to the end is handed over, then the shards are told and the stream ends',
	limit,
	async () => {
		const stage = new Stage();
		const stream = new PassThrough();
		const got = collect(stream);
		const running = stage.recordings.run({ duration_ms: 60_000 }, () => stream);
		await until(() => stage.said.length > 0);
		assert.equal(stage.recordings.setup?.withClients, false);
		const writers = [stage.writer(0), stage.writer(1)];
		for (let number = 0; number < 6; number++) {
			write(writers[number % 2], number);
			writers[number % 2].endTurn();
			if (number === 3) await until(() => got.numbers().length === 4);
		}
		stage.nowMs += 60_000;
		await running;
		await until(() => stream.readableEnded);
		assert.deepEqual(got.head(), { schema: 1, version: '9.9.9', epoch_ms: 5000 });
		assert.deepEqual(got.numbers().toSorted(), [0, 1, 2, 3, 4, 5]);
		assert.equal(stage.commands.length, 2);
		assert.equal(stage.commands[1], undefined);
		assert.equal(stage.recordings.setup, undefined);
		assert.match(stage.said[0], /recorded, for 60 s at most, clients left out/);
		assert.match(stage.said[1], /no longer: 384 octets handed over, 0 queries lost/);
	},
);

test('a second recording is refused as long as the first runs', limit, async () => {
	const stage = new Stage();
	const stream = new PassThrough();
	stream.resume();
	const running = stage.recordings.run({ duration_ms: 5000, clients: true }, () => stream);
	const none = (): never => assert.fail('it must not begin');
	await assert.rejects(stage.recordings.run({ duration_ms: 1 }, none), RecordingRuns);
	await until(() => stage.said.length > 0);
	assert.equal(stage.recordings.setup?.withClients, true);
	await assert.rejects(stage.recordings.run({ duration_ms: 1 }, none), /ends within 5 s/);
	stage.nowMs += 5000;
	await running;
	const second = new PassThrough();
	second.resume();
	const again = stage.recordings.run({ duration_ms: 1 }, () => second);
	await until(() => stage.said.length === 3);
	stage.nowMs += 1;
	await again;
});

test('a reader that is gone ends the recording, also before it began', limit, async () => {
	const stage = new Stage();
	const stream = new PassThrough();
	const running = stage.recordings.run({ duration_ms: 60_000 }, () => stream);
	await until(() => stage.said.length > 0);
	stream.destroy(new Error('gone'));
	await running;
	assert.equal(stage.commands.at(-1), undefined);
	const dead = new PassThrough();
	dead.destroy();
	await stage.recordings.run({ duration_ms: 60_000 }, () => dead);
	assert.equal(stage.recordings.setup, undefined);
});

test(
	'a reader that takes nothing: the rings fill, records are lost and counted, nothing is kept for it',
	limit,
	async () => {
		const stage = new Stage();
		let taken = 0;
		let letGo: (() => void) | undefined;
		const stuck = new Writable({
			write(chunk: Buffer, _, done) {
				taken += chunk.length;
				letGo = done;
			},
		});
		const running = stage.recordings.run({ duration_ms: 60_000 }, () => stuck);
		await until(() => stage.said.length > 0 && taken > 0);
		const writer = stage.writer(0);
		let lost = 0;
		await until(() => {
			for (let i = 0; i < 20_000; i++) lost += write(writer, i) ? 0 : 1;
			writer.endTurn();
			return lost > 100_000;
		});
		assert.equal(writer.ring.dropped, lost);
		assert.ok(stuck.writableLength < 4 << 20, `${stuck.writableLength} octets wait`);
		stuck.destroy();
		letGo?.();
		await running;
		assert.match(stage.said[1], new RegExp(`, ${lost} queries lost`));
	},
);

test('while nobody asks a frame without records comes every second', limit, async () => {
	const stage = new Stage();
	const stream = new PassThrough();
	let chunks = 0;
	stream.on('data', () => chunks++);
	const running = stage.recordings.run({ duration_ms: 60_000 }, () => stream);
	await until(() => chunks === 1);
	stage.nowMs += 1000;
	await until(() => chunks === 2);
	stage.nowMs += 59_000;
	await running;
});

test('it can be ended before its time, and then all that was recorded is handed over', limit, async () => {
	const stage = new Stage();
	assert.equal(stage.recordings.end(), false);
	const stream = new PassThrough();
	const got = collect(stream);
	const running = stage.recordings.run({ duration_ms: 60_000 }, () => stream);
	await until(() => stage.said.length > 0);
	const writer = stage.writer(1);
	write(writer, 7);
	writer.endTurn();
	assert.equal(stage.recordings.end(), true);
	await running;
	assert.deepEqual(got.numbers(), [7]);
	assert.equal(stage.recordings.end(), false);
});
