/** Goal: the file of a recording is its owner's, never larger than it may be, and whole whenever it is closed. */
import assert from 'node:assert/strict';
import { mkdtempSync, readFileSync, rmSync, statSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { type TestContext, test } from 'node:test';
import { gunzipSync, zstdDecompressSync } from 'node:zlib';
import { TraceFile } from '../../../../src/cli/record/trace-file.ts';
import { seededRandom } from '../../../../src/util/random.ts';

function folderFor(t: TestContext): string {
	const folder = mkdtempSync(join(tmpdir(), 'petrel-record-'));
	t.after(() => rmSync(folder, { recursive: true }));
	return folder;
}

const unpackers: Readonly<Record<string, (octets: Buffer) => Buffer>> = {
	'plain.log': (octets) => octets,
	'packed.gz': gunzipSync,
	'packed.zst': zstdDecompressSync,
};

/** Half of it packs, half does not. */
function line(random: { nextUint32(): number }): string {
	return `the same in all lines\t${random.nextUint32()}\t${random.nextUint32()}\n`;
}

for (const [name, unpack] of Object.entries(unpackers)) {
	test(`${name}: as much as fits, with a tail, readable by its owner alone`, async (t) => {
		const path = join(folderFor(t), name);
		const limitBytes = 100_000;
		const random = seededRandom(1);
		const file = await TraceFile.open(path, limitBytes);
		let text = '';
		for (;;) {
			const piece = Array.from({ length: 20 }, () => line(random)).join('');
			if (!(await file.write(piece, 100))) break;
			text += piece;
		}
		await file.close('the tail\n');
		const octets = readFileSync(path);
		assert.ok(octets.length <= limitBytes, `${octets.length} octets`);
		assert.ok(octets.length > limitBytes * 0.95, `${octets.length} octets`);
		assert.equal(file.bytes, octets.length);
		assert.equal(unpack(octets).toString('utf8'), `${text}the tail\n`);
		assert.equal(statSync(path).mode & 0o777, 0o600);
	});

	test(`${name}: with nothing but a tail it is whole`, async (t) => {
		const path = join(folderFor(t), name);
		const file = await TraceFile.open(path, 4096);
		await file.close('the tail\n');
		assert.equal(unpack(readFileSync(path)).toString('utf8'), 'the tail\n');
	});
}

test('a file that is there is left alone, one that cannot be is an error', async (t) => {
	const folder = folderFor(t);
	const path = join(folder, 'there.log');
	writeFileSync(path, 'precious');
	await assert.rejects(TraceFile.open(path, 4096), {
		code: 'PETREL_CONFIG',
		message: /there already; name another/,
	});
	assert.equal(readFileSync(path, 'utf8'), 'precious');
	const nowhere = join(folder, 'none', 'a.log');
	await assert.rejects(TraceFile.open(nowhere, 4096), {
		code: 'PETREL_CONFIG',
		message: /cannot be written: ENOENT/,
	});
});
