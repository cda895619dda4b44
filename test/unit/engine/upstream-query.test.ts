/** Goal: what goes upstream is petrel's own query. Method: read by another implementation. */
import assert from 'node:assert/strict';
import { test } from 'node:test';
import packet from 'dns-packet';
import { keyFlag } from '../../../src/cache/key.ts';
import { maxQueryBytes, newQueryRoom, writeUpstreamQuery } from '../../../src/engine/upstream-query.ts';
import { compileHeaderRules, type FlagRule } from '../../../src/rewrite/header-rules.ts';
import { flag, readUint16 } from '../../../src/wire/header.ts';
import { keyOf } from '../cache/support.ts';

interface Options {
	readonly flags?: number;
	readonly rules?: readonly FlagRule[];
	readonly bufsize?: number;
	readonly plain?: boolean;
	readonly qname?: string;
}

function query(options: Options = {}): { decoded: packet.DecodedPacket; flags: number; length: number } {
	const room = newQueryRoom();
	const out = room.octets.fill(0xee);
	const key = keyOf(options.qname ?? 'www.example.', { qtype: 28, flags: options.flags ?? 0 });
	const rules = compileHeaderRules(options.rules ?? []);
	const length = writeUpstreamQuery(room, key, rules, options.bufsize ?? 1232, options.plain ?? false);
	return { decoded: packet.decode(Buffer.from(out.subarray(0, length))), flags: readUint16(out, 2), length };
}

test('the question is the key’s', () => {
	assert.deepEqual(query().decoded.questions, [{ name: 'www.example', type: 'AAAA', class: 'IN' }]);
});

test('RD and AD are set, CD if the client set it, and rules have the last word', () => {
	assert.equal(query().flags, flag.rd | flag.ad);
	assert.equal(query({ flags: keyFlag.checkingDisabled }).flags, flag.rd | flag.ad | flag.cd);
	assert.equal(query({ rules: [{ action: 'clear', flags: ['rd'] }] }).flags, flag.ad);
});

test('the OPT carries DO and a size that fits every path, or is left out', () => {
	for (const [options, size, dnssecOk] of [
		[{}, 1232, false],
		[{ flags: keyFlag.dnssecOk }, 1232, true],
		[{ bufsize: 4096 }, 1232, false],
		[{ bufsize: 512 }, 512, false],
	] as const) {
		const [opt] = query(options).decoded.additionals as packet.OptAnswer[];
		assert.deepEqual([opt.udpPayloadSize, opt.flag_do, opt.options.length], [size, dnssecOk, 0]);
	}
	assert.deepEqual(query({ plain: true, flags: keyFlag.dnssecOk }).decoded.additionals, []);
});

test('the longest name fits', () => {
	const qname = `${'a'.repeat(63)}.${'b'.repeat(63)}.${'c'.repeat(63)}.${'d'.repeat(61)}.`;
	assert.equal(query({ qname }).length, maxQueryBytes);
});
