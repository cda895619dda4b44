/** Messages that are nearly right: what breaks parsers is not noise but one wrong octet. */
import fc from 'fast-check';
import { headerBytes } from '../../src/wire/header.ts';
import { rrType } from '../../src/wire/iana.ts';
import { nameToWire } from '../../src/wire/presentation.ts';
import {
	a,
	cname,
	join,
	type MessageParts,
	message,
	ns,
	opt,
	type Rr,
	rr,
	soa,
} from '../unit/wire/messages.ts';

export const qname = 'www.example.';

const owner = fc.constantFrom('@', qname, 'example.', '.', 'b.test.', 'c.test.', 'victim.');
const ttlSec = fc.oneof(fc.nat(4000), fc.constantFrom(0, 0x7fff_ffff, 0x8000_0000, 0xffff_ffff));
const target = fc.constantFrom(qname, 'b.test.', 'c.test.', '.');

const record: fc.Arbitrary<Rr> = fc.oneof(
	fc.tuple(owner, ttlSec).map(([o, t]) => a(o, t)),
	fc.tuple(owner, target, ttlSec).map(([o, n, t]) => cname(o, n, t)),
	fc.tuple(owner, target, ttlSec).map(([o, n, t]) => ns(o, n, t)),
	fc.tuple(owner, ttlSec, ttlSec).map(([o, t, minimum]) => soa(o, t, minimum)),
	fc
		.tuple(owner, target, ttlSec)
		.map(([o, n, t]) => rr(o, rrType.MX, t, join(Uint8Array.of(0, 10), nameToWire(n)))),
	fc
		.tuple(owner, target, ttlSec)
		.map(([o, n, t]) => rr(o, rrType.SRV, t, join(new Uint8Array(6), nameToWire(n)))),
	fc.tuple(owner, ttlSec).map(([o, t]) => rr(o, rrType.AAAA, t, new Uint8Array(16))),
	fc.tuple(owner, ttlSec, fc.uint8Array({ maxLength: 300 })).map(([o, t, rdata]) => rr(o, 65_280, t, rdata)),
);
const records = fc.array(record, { maxLength: 6 });

export const response: fc.Arbitrary<MessageParts> = fc
	.record({
		rcode: fc.constantFrom(0, 0, 0, 3, 3, 2, 5),
		qtype: fc.constantFrom(rrType.A, rrType.A, rrType.ANY, rrType.MX, rrType.CNAME),
		answer: records,
		authority: records,
		additional: records,
		withOpt: fc.constantFrom('no', 'last', 'first'),
	})
	.map(({ withOpt, ...parts }) => {
		const additional =
			withOpt === 'last'
				? [...parts.additional, opt()]
				: withOpt === 'first'
					? [opt(), ...parts.additional]
					: parts.additional;
		return { ...parts, qname, additional };
	});

export const query: fc.Arbitrary<Uint8Array> = fc
	.record({
		flags: fc.constantFrom(0, 0x0100, 0x0110, 0x0120, 0x2000, 0x8000),
		qname: fc.constantFrom(
			qname,
			'.',
			'local.',
			`${'a'.repeat(63)}.${'b'.repeat(63)}.${'c'.repeat(63)}.${'d'.repeat(61)}.`,
		),
		qtype: fc.constantFrom(1, 28, 255, 252, 41, 65_280),
		qclass: fc.constantFrom(1, 1, 1, 3, 255),
		additional: fc.array(
			fc.oneof(
				fc.constantFrom(opt(), opt(new Uint8Array(0), 0, 1), opt(new Uint8Array(0), 0, 0, 100)),
				record,
			),
			{ maxLength: 2 },
		),
	})
	.map(message);

export type Mutation =
	| { readonly do: 'set'; at: number; octet: number }
	| { readonly do: 'flip'; at: number; bit: number }
	| { readonly do: 'cut'; at: number }
	| { readonly do: 'insert'; at: number; octets: Uint8Array }
	| { readonly do: 'copy'; from: number; to: number; length: number };

/** A place, as a share of the message, so that it shrinks with it. */
const place = fc.double({ min: 0, max: 1, noNaN: true });
const telling = fc.oneof(fc.constantFrom(0, 1, 0x3f, 0x40, 0x80, 0xc0, 0xff), fc.nat(255));

const mutation: fc.Arbitrary<Mutation> = fc.oneof(
	{ weight: 4, arbitrary: fc.record({ do: fc.constant('set' as const), at: place, octet: telling }) },
	{ weight: 4, arbitrary: fc.record({ do: fc.constant('flip' as const), at: place, bit: fc.nat(7) }) },
	{ weight: 1, arbitrary: fc.record({ do: fc.constant('cut' as const), at: place }) },
	{
		weight: 1,
		arbitrary: fc.record({
			do: fc.constant('insert' as const),
			at: place,
			octets: fc.uint8Array({ minLength: 1, maxLength: 6 }),
		}),
	},
	{
		weight: 1,
		arbitrary: fc.record({ do: fc.constant('copy' as const), from: place, to: place, length: fc.nat(20) }),
	},
);

export const mutations = fc.array(mutation, { maxLength: 4 });

export function mutate(original: Uint8Array, steps: readonly Mutation[]): Uint8Array {
	let octets = original;
	for (const step of steps) {
		const index = (share: number): number => Math.min(octets.length, Math.floor(share * octets.length));
		octets = octets.slice();
		if (step.do === 'set') octets[index(step.at)] = step.octet;
		else if (step.do === 'flip') octets[index(step.at)] ^= 1 << step.bit;
		else if (step.do === 'cut') octets = octets.slice(0, index(step.at));
		else if (step.do === 'copy')
			octets.copyWithin(index(step.to), index(step.from), index(step.from) + step.length);
		else octets = join(octets.subarray(0, index(step.at)), step.octets, octets.subarray(index(step.at)));
	}
	return octets;
}

/** The message without its ID, which is not the sender's to choose. */
export function withId(octets: Uint8Array, id: number): Uint8Array {
	const copy = octets.slice();
	if (copy.length >= headerBytes) {
		copy[0] = id >>> 8;
		copy[1] = id;
	}
	return copy;
}
