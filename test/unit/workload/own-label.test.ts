/**
 * Goal: labels are host names' labels of one length, and no two pairs of serial number and seed have the same. Method: both
 * are read back from the characters, which also shows that nothing of them is lost.
 */
import assert from 'node:assert/strict';
import { test } from 'node:test';
import fc from 'fast-check';
import { viewOf } from '../../../src/wire/views.ts';
import { keyOf, scatter } from '../../../src/workload/hash.ts';
import { OwnLabels, ownLabelBytes } from '../../../src/workload/own-label.ts';

const uint32 = fc.integer({ min: 0, max: 2 ** 32 - 1 });

function labelOf(seed: number, serial: number): Buffer {
	const octets = Buffer.alloc(ownLabelBytes);
	new OwnLabels(seed).write(serial, viewOf(octets), 0);
	return octets;
}

/** The 32 bits that seven characters spell, the lowest first. */
function read(characters: string): number {
	let value = 0;
	for (const [i, character] of [...characters].entries()) {
		value = (value | (Number.parseInt(character, 32) << (5 * i))) >>> 0;
	}
	return value;
}

test('a label holds its serial number, scattered, and its seed', () => {
	fc.assert(
		fc.property(uint32, uint32, (seed, serial) => {
			const label = labelOf(seed, serial);
			assert.equal(label[0], ownLabelBytes - 1);
			assert.match(label.toString('latin1', 1), /^x[0-9a-v]{14}$/);
			assert.equal(read(label.toString('latin1', 2, 9)), scatter(serial ^ keyOf(seed, 0)) >>> 0);
			assert.equal(read(label.toString('latin1', 9)), seed);
		}),
		{ numRuns: 1000 },
	);
});

/** The way back through `scatter`: the constants are the inverses of its own modulo 2^32. */
function gather(value: number): number {
	value ^= value >>> 16;
	value = Math.imul(value, 0x43021123);
	value ^= (value >>> 15) ^ (value >>> 30);
	value = Math.imul(value, 0x1d69e2a5);
	return (value ^ (value >>> 16)) >>> 0;
}

test('scattering can be undone, so no two numbers are scattered to one', () => {
	fc.assert(
		fc.property(uint32, (value) => {
			assert.equal(gather(scatter(value)), value);
		}),
		{ numRuns: 10_000 },
	);
});

test('only its own label is taken for it', () => {
	const differing = fc.tuple(uint32, uint32, uint32, uint32);
	fc.assert(
		fc.property(differing, ([seed, serial, otherSeed, otherSerial]) => {
			const label = viewOf(labelOf(seed, serial));
			assert.ok(new OwnLabels(seed).standsAt(serial, label, 0));
			assert.equal(new OwnLabels(seed).standsAt(otherSerial, label, 0), otherSerial === serial);
			assert.equal(new OwnLabels(otherSeed).standsAt(serial, label, 0), otherSeed === seed);
		}),
	);
});
