/**
 * The figures in the words of dnsperf, for those whose scripts read them. They mean what they mean there: completed is
 * what was answered within the timeout, and latency runs from when a query was sent and leaves out what was not.
 */
import { rcodeName } from '../../wire/iana.ts';
import type { LoadResult, SizeCounts } from '../result.ts';
import { type Bucket, bucketsOf, momentsOf, replyBuckets } from './histogram.ts';
import { plainText } from './quantity-text.ts';
import { type Summary, summarize } from './summary.ts';

export function renderDnsperfLines(result: LoadResult): string {
	const summaries = summarize(result);
	return summaries
		.map((summary) => {
			const head = summaries.length > 1 ? [`[Status] Target: ${plainText(summary.target)}`, ''] : [];
			return [...head, ...statisticsLines(summary), ...connectionLines(summary)].join('\n');
		})
		.join('\n');
}

function statisticsLines({ measured, sent, seconds, timeoutUs }: Summary): string[] {
	const { slots, rcodes, queries, replies, sinceSentUs } = measured;
	const lost = sent - slots.answered;
	const codes = [...rcodes].sort(([a], [b]) => a - b);
	const replyCount = codes.reduce((sum, [, count]) => sum + count, 0);
	const codeTexts = codes.map(([code, count]) => `${rcodeName(code)} ${count} (${share(count, replyCount)})`);
	return [
		'Statistics:',
		'',
		`  Queries sent:         ${sent}`,
		`  Queries completed:    ${slots.answered} (${share(slots.answered, sent)})`,
		`  Queries lost:         ${lost} (${share(lost, sent)})`,
		'',
		`  Response codes:       ${codeTexts.join(', ')}`,
		`  Average packet size:  request ${meanBytes(queries)}, response ${meanBytes(replies)}`,
		`  Run time (s):         ${seconds.toFixed(6)}`,
		`  Queries per second:   ${(seconds > 0 ? slots.answered / seconds : 0).toFixed(6)}`,
		'',
		...latencyLines(replyBuckets(sinceSentUs, slots.lost, timeoutUs, false)),
		'',
	];
}

function connectionLines({ measured: { connections } }: Summary): string[] {
	if (connections === undefined) return [];
	const { opened, failed, handshakeUs } = connections;
	const attempts = opened + failed;
	return [
		'Connection Statistics:',
		'',
		`  Connection attempts:  ${attempts} (${opened} successful, ${share(opened, attempts)})`,
		'',
		...latencyLines(bucketsOf(handshakeUs)),
		'',
	];
}

function latencyLines(buckets: readonly Bucket[]): string[] {
	const { meanUs, minUs, maxUs, deviationUs } = momentsOf(buckets);
	return [
		`  Average Latency (s):  ${sec(meanUs)} (min ${sec(minUs)}, max ${sec(maxUs)})`,
		`  Latency StdDev (s):   ${sec(deviationUs)}`,
	];
}

function share(part: number, whole: number): string {
	return `${(whole === 0 ? 0 : (part / whole) * 100).toFixed(2)}%`;
}

function meanBytes({ messages, bytes }: SizeCounts): number {
	return messages === 0 ? 0 : Math.round(bytes / messages);
}

function sec(us: number): string {
	return (us / 1e6).toFixed(6);
}
