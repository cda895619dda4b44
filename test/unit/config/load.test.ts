/** What `loadCorefile` returns, how findings look, and the model of `--upstream`. */
import assert from 'node:assert/strict';
import { test } from 'node:test';
import { formatFinding, sourceLineOf } from '../../../src/config/format.ts';
import { modelFromFlags } from '../../../src/config/from-flags.ts';
import { load, modelOf } from './support.ts';

function isDeeplyFrozen(value: unknown): boolean {
	if (typeof value !== 'object' || value === null) return true;
	return Object.isFrozen(value) && Object.values(value).every(isDeeplyFrozen);
}

test('load: the model is frozen in all its parts and crosses threads', () => {
	const model = modelOf('. {\ncache {\nserve_stale\n}\nheader {\nset ra\n}\nforward . 192.0.2.1\n}');
	assert.ok(isDeeplyFrozen(model));
	assert.deepEqual(structuredClone(model), model);
	assert.deepEqual(model.files, ['Corefile']);
});

test('load: warnings do not keep the model away', () => {
	const { model, warnings, errors } = load('. {\ncache 3600s\nforward . 192.0.2.1\n}');
	assert.deepEqual(errors, []);
	assert.deepEqual(model?.warnings, warnings);
	assert.equal(warnings.length, 1);
});

test('format: place, message, line, caret and hint', () => {
	const { errors, sources } = load('. {\r\n\tcache 0\r\n whoami\n}');
	assert.equal(
		formatFinding(errors[0], 'error', sourceLineOf(errors[0], sources)),
		['Corefile:2:8: error: `cache 0`: TTL must be at least 1', '    \tcache 0', '    \t      ^'].join('\n'),
	);
	const { warnings } = load('. {\ncache 3600s\nwhoami\n}');
	assert.match(
		formatFinding(warnings[0], 'warning'),
		/^Corefile:2:7: warning\[cache-time-as-zone\]: `3600s` .*\n {2}hint: .*`cache 3600`/,
	);
});

test('format: what a file holds cannot break the line or steer a terminal', () => {
	const { errors } = load('. {\nwhoami "\u001b[2J\nx"\n}');
	assert.match(errors[0].message, /`\\u001b\[2J\\nx`/);
});

test('flags: --upstream alone gives a cache with the defaults', () => {
	const { model, errors } = modelFromFlags({
		upstreams: ['192.0.2.1', '[2001:db8::1]:5300'],
		port: 1053,
		listen: '127.0.0.1',
	});
	assert.deepEqual(errors, []);
	const file = modelOf('.:1053 {\ncache\nerrors\nbind 127.0.0.1\nforward . 192.0.2.1 [2001:db8::1]:5300\n}');
	assert.deepEqual(
		{
			...model?.blocks[0],
			at: undefined,
			forwards: model?.blocks[0].forwards.map(({ at, ...rest }) => rest),
		},
		{ ...file.blocks[0], at: undefined, forwards: file.blocks[0].forwards.map(({ at, ...rest }) => rest) },
	);
	assert.deepEqual(model?.files, []);
	assert.ok(isDeeplyFrozen(model));
});

test('flags: a zone of its own', () => {
	const { model } = modelFromFlags({ upstreams: ['192.0.2.1'], port: 53, zone: 'Example.org' });
	assert.deepEqual(model?.blocks[0].keys, [{ zone: 'example.org.', port: 53 }]);
	assert.deepEqual(model?.blocks[0].cache?.zones, ['example.org.']);
});

test('flags: values go through the checks of the directives', () => {
	for (const [options, message] of [
		[{ upstreams: ['dns.example'], port: 53 }, /`dns\.example` is not an upstream/],
		[{ upstreams: ['192.0.2.1 }'], port: 53 }, /not an upstream/],
		[{ upstreams: [], port: 53 }, /there is no upstream/],
		[{ upstreams: ['192.0.2.1'], port: 53, listen: '127.0.0.1:53' }, /neither an address/],
		[{ upstreams: ['192.0.2.1'], port: 53, zone: 'a..b' }, /not a zone/],
	] as const) {
		const { model, errors } = modelFromFlags(options);
		assert.equal(model, undefined);
		assert.equal(errors.length, 1);
		assert.match(errors[0].message, message);
		assert.match(errors[0].at.file, /^--/);
	}
});
