/** Goal: a flush request means exactly one scope, or is refused with what to say instead. */
import assert from 'node:assert/strict';
import { test } from 'node:test';
import { loadCorefile } from '../../../../src/config/load.ts';
import type { FlushRequest } from '../../../../src/server/control/control-target.ts';
import { scopeOf } from '../../../../src/server/control/flush-request.ts';
import { nameToWire } from '../../../../src/wire/presentation.ts';

const text =
	'. {\n\tforward . 192.0.2.1\n}\na.example b.example {\n\tforward . 192.0.2.1\n}\nb.example:5300 {\n\tforward . 192.0.2.1\n}\n';
const model = loadCorefile({ path: 'Corefile', text, env: {} }).model!;
const all = { name: undefined, below: false, qtype: undefined, blocks: undefined };

test('what a request means', () => {
	const name = nameToWire('www.example.org.');
	const rows: [FlushRequest, object][] = [
		[{ all: true }, all],
		[{ name: 'WWW.Example.ORG' }, { ...all, name }],
		[
			{ name: 'www.example.org.', suffix: true },
			{ ...all, name, below: true },
		],
		[{ name: '.' }, { ...all, name: new Uint8Array(1) }],
		[
			{ all: true, type: 'aaaa' },
			{ ...all, qtype: 28 },
		],
		[
			{ all: true, type: 'TYPE65' },
			{ ...all, qtype: 65 },
		],
		[
			{ all: true, block: '.' },
			{ ...all, blocks: [10] },
		],
		[
			{ all: true, block: 'B.Example' },
			{ ...all, blocks: [11, 12] },
		],
		[{ name: 'www\\.example.org' }, { ...all, name: nameToWire('www\\.example.org') }],
	];
	for (const [request, scope] of rows) assert.deepEqual(scopeOf(request, model, [10, 11, 12]), scope);
});

test('what is refused', () => {
	const rows: [FlushRequest, RegExp][] = [
		[{}, /say either/],
		[{ all: false }, /say either/],
		[{ all: true, name: 'a' }, /say either/],
		[{ all: true, suffix: true }, /belongs to a name/],
		[{ name: '' }, /a name is empty/],
		[{ name: 'a..b' }, /empty label/],
		[{ name: 'ü.example' }, /xn--/],
		[{ name: 'a', type: 'AAAAA' }, /TYPE65/],
		[{ name: 'a', type: 'TYPE65536' }, /no DNS type/],
		[
			{ name: 'a', block: 'c.example' },
			/no server block has the zone c\.example\.; there are \. a\.example\. b\./,
		],
		[{ name: 'a', block: 'x y' }, /not a zone/],
	];
	for (const [request, message] of rows) {
		assert.throws(() => scopeOf(request, model, [10, 11, 12]), { code: 'PETREL_CONFIG', message });
	}
});
