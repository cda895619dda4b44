import type { Tally } from '../../workload/read/notes.ts';
import { defaultTtlSec } from '../simulate/read-dns.ts';
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

/** What the formats do not say of answers, and what was taken in its place. */
export function answerNotes(
	formats: ReadonlySet<StudyFormat>,
	{ answers = {}, pairReplies = true }: TraceSourceOptions,
): string[] {
	const { ttlSec = defaultTtlSec, negativeTtlSec = ttlSec, untimedRatePerSec = 0 } = answers;
	const notes: string[] = [];
	const hasTtls = [...formats].every((format) => format === 'zeek' || (format === 'pcap' && pairReplies));
	const which = hasTtls ? 'Answers without a recorded TTL' : 'TTLs were not recorded: answers';
	notes.push(`${which} last ${ttlSec} s, denials ${negativeTtlSec} s.`);
	if (hasTtls && formats.has('zeek')) {
		notes.push(
			'TTLs are those that clients were told: what a cache had counted down already is shorter than at fetch.',
		);
	}
	if (!(formats.size === 1 && formats.has('pcap') && pairReplies)) {
		notes.push('Sizes of answers that were not recorded are estimated by type.');
	}
	if (formats.has('dnsperf')) {
		notes.push(
			untimedRatePerSec > 0
				? `Times were not recorded: ${untimedRatePerSec.toLocaleString('en')} queries a second.`
				: 'Times were not recorded, so nothing expires; --rate gives them times.',
		);
	}
	return notes;
}
