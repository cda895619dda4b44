import { rcode } from '../../wire/iana.ts';
import type { Behaviour } from './behaviour.ts';
import type { Delay } from './delay.ts';

/**
 * Every label that is a behaviour, in one table: what it is called, what it does, how to apply it. `labelHelp` prints
 * it and a test asks for every row of it.
 *
 * A label is letters and then an argument: "ttl30" is the row `ttl` with "30". A row that cannot use the argument
 * leaves the label unknown, so that "tc1" or "close" are plain names.
 */
export type Effect = (behaviour: Behaviour) => void;

interface LabelRow {
	readonly letters: string;
	/** The label as somebody would write it. */
	readonly example: string;
	readonly help: string;
	/** What the label with this argument does; undefined if it makes no sense. */
	readonly read: (argument: string) => Effect | undefined;
}

const maxUint32 = 0xffff_ffff;
/** The largest message that fits a UDP datagram over IPv4. */
const maxAnswerBytes = 65_507;
const maxRecords = 4000;
const maxTxtBytes = 60_000;
const maxCloseQueries = 1_000_000;

function word(letters: string, help: string, effect: Effect): LabelRow {
	return { letters, example: letters, help, read: (argument) => (argument === '' ? effect : undefined) };
}

function counted(
	example: string,
	max: number,
	help: string,
	apply: (behaviour: Behaviour, value: number) => void,
): LabelRow {
	const read = (argument: string): Effect | undefined => {
		const value = Number(argument);
		return /^\d{1,10}$/.test(argument) && value <= max ? (behaviour) => apply(behaviour, value) : undefined;
	};
	return { letters: example.replace(/\d+$/, ''), example, help, read };
}

function delayed(example: string, help: string, parse: (argument: string) => Delay | undefined): LabelRow {
	const read = (argument: string): Effect | undefined => {
		const delay = parse(argument);
		return delay && ((behaviour) => void (behaviour.delay = delay));
	};
	return { letters: /^[a-z]+/.exec(example)![0], example, help, read };
}

function durationMs(argument: string): number | undefined {
	const match = /^(\d{1,6})(ms|s)$/.exec(argument);
	return match ? Number(match[1]) * (match[2] === 's' ? 1000 : 1) : undefined;
}

function fixedDelay(argument: string): Delay | undefined {
	const ms = durationMs(argument);
	return ms === undefined ? undefined : { kind: 'fixed', ms };
}

function exponentialDelay(argument: string): Delay | undefined {
	const meanMs = durationMs(argument);
	return meanMs === undefined ? undefined : { kind: 'exponential', meanMs };
}

function uniformDelay(argument: string): Delay | undefined {
	const match = /^(\d{1,6})-(\d{1,6})(ms|s)$/.exec(argument);
	if (!match || Number(match[1]) > Number(match[2])) return undefined;
	const unitMs = match[3] === 's' ? 1000 : 1;
	return { kind: 'uniform', fromMs: Number(match[1]) * unitMs, toMs: Number(match[2]) * unitMs };
}

function error(letters: string, code: number, help: string): LabelRow {
	return word(letters, help, (behaviour) => {
		behaviour.outcome = 'error';
		behaviour.rcode = code;
	});
}

function negative(
	letters: string,
	help: string,
	outcome: 'nxdomain' | 'nodata',
	soa: boolean,
	cname: boolean,
): LabelRow {
	return word(letters, help, (behaviour) => {
		behaviour.outcome = outcome;
		behaviour.soa = soa;
		if (cname) behaviour.cname = true;
	});
}

const rows: readonly LabelRow[] = [
	counted('ttl30', maxUint32, 'records have this TTL, in seconds', (b, value) => void (b.ttlSec = value)),
	counted(
		'count4',
		maxRecords,
		'so many records of the type that was asked for',
		(b, value) => void (b.count = value),
	),
	counted('size1400', maxAnswerBytes, 'records until the message has nearly so many octets', (b, value) => {
		b.sizeBytes = value;
	}),
	counted(
		'txt300',
		maxTxtBytes,
		'a TXT record holds so many octets of text',
		(b, value) => void (b.txtBytes = value),
	),
	negative('nx', 'NXDOMAIN with a SOA', 'nxdomain', true, false),
	negative('nxnosoa', 'NXDOMAIN without a SOA', 'nxdomain', false, false),
	negative('nodata', 'no record of the type, with a SOA', 'nodata', true, false),
	negative('nodatanosoa', 'no record of the type, without a SOA', 'nodata', false, false),
	counted('soattl3600', maxUint32, 'TTL of the SOA, in seconds', (b, value) => void (b.soaTtlSec = value)),
	counted(
		'soamin5',
		maxUint32,
		'MINIMUM field of the SOA, in seconds',
		(b, value) => void (b.soaMinimumSec = value),
	),
	word('cname', 'a CNAME stands before the data', (b) => void (b.cname = true)),
	counted(
		'cnamettl300',
		maxUint32,
		'a CNAME with this TTL, in seconds, stands before the data',
		(b, value) => {
			b.cname = true;
			b.cnameTtlSec = value;
		},
	),
	negative('nxcname', 'NXDOMAIN behind a CNAME, with a SOA', 'nxdomain', true, true),
	negative('cnameonly', 'a CNAME whose target has no data, with a SOA', 'nodata', true, true),
	negative('cnamenosoa', 'a CNAME and nothing else', 'nodata', false, true),
	error('servfail', rcode.SERVFAIL, 'SERVFAIL'),
	error('refused', rcode.REFUSED, 'REFUSED'),
	error('formerr', rcode.FORMERR, 'FORMERR'),
	error('notimp', rcode.NOTIMP, 'NOTIMP'),
	word('bogus', 'SERVFAIL unless the query has CD=1', (b) => void (b.bogus = true)),
	word('aa', 'AA=1', (b) => void (b.aa = true)),
	word('noaa', 'AA=0', (b) => void (b.aa = false)),
	word('ra', 'RA=1', (b) => void (b.ra = true)),
	word('nora', 'RA=0', (b) => void (b.ra = false)),
	word('ad', 'AD=1', (b) => void (b.ad = true)),
	word('dnssec', 'RRSIGs for queries with DO=1', (b) => void (b.signed = true)),
	word('noedns', 'FORMERR without OPT for queries with OPT', (b) => void (b.noEdns = true)),
	word('tc', 'TC=1 without records over UDP, everything over TCP', (b) => void (b.truncated = true)),
	delayed('delay200ms', 'the answer comes after so many ms or s', fixedDelay),
	delayed('delayuniform10-50ms', 'the answer comes after a time evenly spread between the two', uniformDelay),
	delayed(
		'delayexp20ms',
		'the answer comes after an exponentially distributed time with this mean',
		exponentialDelay,
	),
	counted(
		'loss10',
		100,
		'so many percent of the queries get no answer',
		(b, value) => void (b.lossPercent = value),
	),
	word('silent', 'no answer', (b) => void (b.fault = 'silent')),
	word('twice', 'the answer comes twice', (b) => void (b.twice = true)),
	word('wrongid', 'other data under a wrong ID, then the answer', (b) => void (b.fault = 'wrong-id-first')),
	word('wrongidonly', 'other data under a wrong ID, and no answer', (b) => void (b.fault = 'wrong-id')),
	word(
		'wrongquestion',
		'the answer to a question for another name',
		(b) => void (b.fault = 'wrong-question'),
	),
	word('wrongtype', 'the answer to a question for another type', (b) => void (b.fault = 'wrong-type')),
	word('wrongclass', 'the answer to a question in class CH', (b) => void (b.fault = 'wrong-class')),
	word('garbage', 'random octets behind the right ID', (b) => void (b.fault = 'garbage')),
	word('short', 'one octet, then a header alone, then the answer', (b) => void (b.fault = 'short-first')),
	word(
		'ptrloop',
		'the first owner name is a compression pointer to itself',
		(b) => void (b.damage = 'pointer-loop'),
	),
	word(
		'rdlength',
		'the first RDLENGTH points past the end of the message',
		(b) => void (b.damage = 'rdlength'),
	),
	word('emptyowner', 'the first owner name is empty: the root', (b) => void (b.damage = 'empty-owner')),
	word('tcpclose', 'the TCP connection is closed after the answer', (b) => void (b.closeAfterQueries = 1)),
	counted('close3', maxCloseQueries, 'the TCP connection is closed after so many queries', (b, value) => {
		b.closeAfterQueries = value;
	}),
];

const rowByLetters = new Map(rows.map((row) => [row.letters, row]));

/** What a label, in lower case, does; undefined if it is no behaviour. */
export function findEffect(label: string): Effect | undefined {
	const match = /^([a-z]+)([0-9].*)?$/.exec(label);
	return match ? rowByLetters.get(match[1])?.read(match[2] ?? '') : undefined;
}

/** An example of every label. */
export const labelExamples: readonly string[] = rows.map((row) => row.example);

/** The table of labels as text, one a line. */
export function labelHelp(): string {
	const width = Math.max(...rows.map((row) => row.example.length));
	return rows.map((row) => `${row.example.padEnd(width)}  ${row.help}`).join('\n');
}
