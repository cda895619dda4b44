import { rcode } from '../../wire/iana.ts';
import {
	readBimodal,
	readExponential,
	readFixed,
	readLognormal,
	readPareto,
	readUniform,
} from './delay-labels.ts';
import {
	counted,
	delayed,
	type Effect,
	error,
	type LabelRow,
	negative,
	parsedBy,
	word,
} from './label-rows.ts';

/**
 * Every label that is a behaviour, in one table: what it is called, what it does, how to apply it. `labelHelp` prints
 * it, and tests ask for every row of it and look for it in docs/upstream.md.
 *
 * A label is letters and then an argument: "ttl30" is the row `ttl` with "30". A row that cannot use the argument
 * leaves the label unknown, so that "tc1" or "close" are plain names.
 */
const maxUint32 = 0xffff_ffff;
/** The largest message that fits a UDP datagram over IPv4. */
const maxAnswerBytes = 65_507;
const maxRecords = 4000;
const maxTxtBytes = 60_000;
const maxQueries = 1_000_000;

const seconds = [0, maxUint32] as const;

/** "10", "0.5": percent. */
function readPercent(argument: string): number | undefined {
	const percent = Number(argument);
	return /^\d{1,3}(\.\d{1,6})?$/.test(argument) && percent <= 100 ? percent : undefined;
}

/** "1in100": the 100. */
function readOneIn(argument: string): number | undefined {
	const match = /^1in(\d{1,7})$/.exec(argument);
	const every = Number(match?.[1]);
	return every >= 1 && every <= maxQueries ? every : undefined;
}

const content: readonly LabelRow[] = [
	counted('ttl30', seconds, 'records have this TTL, in seconds', (b, value) => void (b.ttlSec = value)),
	counted('count4', [0, maxRecords], 'so many records of the type that was asked for', (b, value) => {
		b.count = value;
	}),
	counted(
		'size1400',
		[0, maxAnswerBytes],
		'records until the message has nearly so many octets',
		(b, value) => {
			b.sizeBytes = value;
		},
	),
	counted('txt300', [0, maxTxtBytes], 'a TXT record holds so many octets of text', (b, value) => {
		b.txtBytes = value;
	}),
	negative('nx', 'NXDOMAIN with a SOA', 'nxdomain', true, false),
	negative('nxnosoa', 'NXDOMAIN without a SOA', 'nxdomain', false, false),
	negative('nodata', 'no record of the type, with a SOA', 'nodata', true, false),
	negative('nodatanosoa', 'no record of the type, without a SOA', 'nodata', false, false),
	counted('soattl3600', seconds, 'TTL of the SOA, in seconds', (b, value) => void (b.soaTtlSec = value)),
	counted('soamin5', seconds, 'MINIMUM field of the SOA, in seconds', (b, value) => {
		b.soaMinimumSec = value;
	}),
	word('cname', 'a CNAME stands before the data', (b) => void (b.cname = true)),
	counted('cnamettl300', seconds, 'a CNAME with this TTL, in seconds, stands before the data', (b, value) => {
		b.cname = true;
		b.cnameTtlSec = value;
	}),
	negative('nxcname', 'NXDOMAIN behind a CNAME, with a SOA', 'nxdomain', true, true),
	negative('cnameonly', 'a CNAME whose target has no data, with a SOA', 'nodata', true, true),
	negative('cnamenosoa', 'a CNAME and nothing else', 'nodata', false, true),
];

const codesAndFlags: readonly LabelRow[] = [
	error('servfail', rcode.SERVFAIL, 'SERVFAIL'),
	error('refused', rcode.REFUSED, 'REFUSED'),
	error('formerr', rcode.FORMERR, 'FORMERR'),
	error('notimp', rcode.NOTIMP, 'NOTIMP'),
	counted('limit1000', [1, maxUint32], 'REFUSED beyond so many queries in a second', (b, value) => {
		b.limitPerSec = value;
	}),
	word('bogus', 'SERVFAIL unless the query has CD=1', (b) => void (b.bogus = true)),
	word('aa', 'AA=1', (b) => void (b.aa = true)),
	word('noaa', 'AA=0', (b) => void (b.aa = false)),
	word('ra', 'RA=1', (b) => void (b.ra = true)),
	word('nora', 'RA=0', (b) => void (b.ra = false)),
	word('ad', 'AD=1', (b) => void (b.ad = true)),
	word('dnssec', 'RRSIGs for queries with DO=1', (b) => void (b.signed = true)),
	word('noedns', 'FORMERR without OPT for queries with OPT', (b) => void (b.noEdns = true)),
	word('tc', 'TC=1 without records over UDP, everything over TCP', (b) => void (b.truncated = true)),
];

const delays: readonly LabelRow[] = [
	delayed('delay200ms', 'the answer comes after this time, in us, ms or s', readFixed),
	delayed('delayuniform10-50ms', 'the answer comes after a time evenly spread between the two', readUniform),
	delayed(
		'delayexp20ms',
		'the answer comes after an exponentially distributed time with this mean',
		readExponential,
	),
	delayed(
		'delaylognormal5-40ms',
		'the answer comes after a log-normally distributed time: its median, its 99th percentile',
		readLognormal,
	),
	delayed(
		'delaypareto2-40ms',
		'the answer comes after a Pareto distributed time: its least, its 99th percentile',
		readPareto,
	),
	delayed(
		'delaybimodal1-100ms-5',
		'the answer comes after the first time, in so many percent of the cases after the second',
		readBimodal,
	),
];

const faults: readonly LabelRow[] = [
	parsedBy('loss10', 'so many percent of the queries get no answer, by chance', readPercent, (b, percent) => {
		b.lossPercent = percent;
	}),
	parsedBy('loss1in100', 'every hundredth query gets no answer, by counting', readOneIn, (b, every) => {
		b.loseEvery = every;
	}),
	word('silent', 'no answer', (b) => void (b.fault = 'silent')),
	word('twice', 'the answer comes twice', (b) => void (b.twice = true)),
	word('wrongid', 'other data under a wrong ID, then the answer', (b) => void (b.fault = 'wrong-id-first')),
	word('wrongidonly', 'other data under a wrong ID, and no answer', (b) => void (b.fault = 'wrong-id')),
	word('wrongquestion', 'the answer to a question for another name', (b) => {
		b.fault = 'wrong-question';
	}),
	word('wrongtype', 'the answer to a question for another type', (b) => void (b.fault = 'wrong-type')),
	word('wrongclass', 'the answer to a question in class CH', (b) => void (b.fault = 'wrong-class')),
	word('garbage', 'random octets behind the right ID', (b) => void (b.fault = 'garbage')),
	word('short', 'one octet, then a header alone, then the answer', (b) => void (b.fault = 'short-first')),
	word('ptrloop', 'the first owner name is a compression pointer to itself', (b) => {
		b.damage = 'pointer-loop';
	}),
	word('rdlength', 'the first RDLENGTH points past the end of the message', (b) => {
		b.damage = 'rdlength';
	}),
	word('emptyowner', 'the first owner name is empty: the root', (b) => void (b.damage = 'empty-owner')),
	word('tcpclose', 'the TCP connection is closed after the answer', (b) => void (b.closeAfterQueries = 1)),
	counted('close3', [0, maxQueries], 'the TCP connection is closed after so many queries', (b, value) => {
		b.closeAfterQueries = value;
	}),
];

const rows = [...content, ...codesAndFlags, ...delays, ...faults];

const rowsByLetters = Map.groupBy(rows, (row) => row.letters);

/** What labels begin with that may be a behaviour, in lower case. */
export const labelLetters: ReadonlySet<string> = new Set(rowsByLetters.keys());

/** What a label, in lower case, does; undefined if it is no behaviour. */
export function findEffect(label: string): Effect | undefined {
	const match = /^([a-z]+)([0-9].*)?$/.exec(label);
	for (const row of (match && rowsByLetters.get(match[1])) ?? []) {
		const effect = row.read(match![2] ?? '');
		if (effect) return effect;
	}
	return undefined;
}

/** An example of every label. */
export const labelExamples: readonly string[] = rows.map((row) => row.example);

/** The table of labels as text, one a line. */
export function labelHelp(): string {
	const width = Math.max(...rows.map((row) => row.example.length));
	return rows.map((row) => `${row.example.padEnd(width)}  ${row.help}`).join('\n');
}
