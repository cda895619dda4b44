/** Goal: hashed names keep what a cache sees of names, and nothing else. */
import assert from 'node:assert/strict';
import { test } from 'node:test';
import fc from 'fast-check';
import { NameHasher } from '../../../../src/cli/record/name-hasher.ts';
import { nameToText, nameToWire } from '../../../../src/wire/presentation.ts';

const hasher = new NameHasher(Buffer.alloc(32, 1));
const hashed = (name: string, by = hasher): string => nameToText(by.hash(nameToWire(name)));

test('a label becomes the same one wherever it stands and whatever its case, so zones and search lists stay', () => {
	const [www, example, org] = hashed('www.example.org').split('.');
	assert.equal(hashed('WWW.Example.ORG'), `${www}.${example}.${org}.`);
	assert.equal(hashed('mail.example.org').split('.').slice(1).join('.'), `${example}.${org}.`);
	const suffix = hashed('ns.svc.cluster.local');
	assert.equal(hashed('www.example.org.ns.svc.cluster.local'), `${www}.${example}.${org}.${suffix}`);
	assert.equal(hashed('.'), '.');
});

test('another key gives other names, the same key the same ones', () => {
	const other = new NameHasher(Buffer.alloc(32, 2));
	assert.notEqual(hashed('www.example.org', other), hashed('www.example.org'));
	assert.equal(hashed('www.example.org', new NameHasher(Buffer.alloc(32, 1))), hashed('www.example.org'));
	assert.notEqual(other.client('192.0.2.1'), hasher.client('192.0.2.1'));
});

test('labels of up to three usual characters are permuted: no two become one', () => {
	const alphabet = [...'abcdefghijklmnopqrstuvwxyz0123456789-_'];
	const one = new Set(alphabet.map((a) => hashed(a)));
	assert.equal(one.size, 38);
	const three = alphabet.flatMap((a) => alphabet.flatMap((b) => alphabet.map((c) => a + b + c)));
	assert.equal(new Set(three.map((label) => hashed(label))).size, 38 ** 3);
});

test('of 20,000 longer labels beside each other hardly any two become one', () => {
	const labels = Array.from({ length: 20_000 }, (_, i) => hashed(`pod-${i}`));
	assert.ok(new Set(labels).size > 19_990);
});

test('names keep the lengths of all their labels, whatever octets these have', () => {
	const label = fc.uint8Array({ minLength: 1, maxLength: 63 });
	fc.assert(
		fc.property(fc.array(label, { maxLength: 3 }), (labels) => {
			const qname = Uint8Array.from([...labels.flatMap((octets) => [octets.length, ...octets]), 0]);
			const result = hasher.hash(qname);
			assert.equal(result.length, qname.length);
			let at = 0;
			for (const octets of labels) {
				assert.equal(result[at], octets.length);
				assert.match(
					Buffer.from(result.subarray(at + 1, at + 1 + octets.length)).toString('latin1'),
					/^[a-z0-9_-]+$/,
				);
				at += octets.length + 1;
			}
			assert.equal(result[at], 0);
		}),
	);
});
