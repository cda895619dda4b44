import type { Tally } from '../../workload/read/notes.ts';
import { type Assumed, defaultTtlSec } from '../simulate/read-dns.ts';
import type { StudyFormat } from './find-format.ts';
import type { TraceSourceOptions } from './trace-source.ts';

interface Reading {
	readonly read: number;
	readonly skipped: Tally;
	readonly passedOver: Tally;
	readonly outOfOrder?: number;
}

/** What a file held that is not in the study. */
export function readingNotes(name: string, { read, skipped, passedOver, outOfOrder = 0 }: Reading): string[] {
	const of = (count: number): string =>
		`${name}: ${count.toLocaleString('en')} of ${read.toLocaleString('en')}`;
	const notes: string[] = [];
	if (skipped.count > 0)
		notes.push(`${of(skipped.count)} could not be read and are left out (${reasonsOf(skipped)})`);
	if (passedOver.count > 0) notes.push(`${of(passedOver.count)} are passed over (${reasonsOf(passedOver)})`);
	if (outOfOrder > 0) notes.push(`${of(outOfOrder)} came long after later ones, and count as of then`);
	return notes;
}

function reasonsOf({ reasons }: Tally): string {
	return [...reasons].map(([reason, count]) => `${count.toLocaleString('en')} ${reason}`).join(', ');
}

/** What a trace does not say of answers, and what was taken in its place. */
export function answerNotes(
	formats: ReadonlySet<StudyFormat>,
	assumed: Assumed,
	{ answers = {} }: TraceSourceOptions,
): string[] {
	const { ttlSec = defaultTtlSec, negativeTtlSec = ttlSec, untimedRatePerSec = 0 } = answers;
	const count = (number: number): string => number.toLocaleString('en');
	const notes: string[] = [];
	if (assumed.ttls > 0) notes.push(`${count(assumed.ttls)} answers without a recorded TTL last ${ttlSec} s.`);
	if (assumed.denialTtls > 0) {
		notes.push(`${count(assumed.denialTtls)} denials without a recorded TTL last ${negativeTtlSec} s.`);
	}
	// petrel's own recordings have sizes, and TTLs as they were at fetch.
	if (formats.has('zeek') && assumed.sizes > 0) {
		notes.push(
			'TTLs are those that clients were told: what a cache had counted down already is shorter than at fetch.',
		);
	}
	if (assumed.sizes > 0) notes.push(`Sizes of ${count(assumed.sizes)} answers are estimated by type.`);
	if (formats.has('dnsperf')) {
		notes.push(
			untimedRatePerSec > 0
				? `Times were not recorded: ${untimedRatePerSec.toLocaleString('en')} queries a second.`
				: 'Times were not recorded, so nothing expires; --rate gives them times.',
		);
	}
	return notes;
}
