import type { Histogram } from 'hdr-histogram-js';
import { countedText, durationText } from './quantity-text.ts';

/** Lines for each halving of what is left to 100 %: what HdrHistogram's own tools write. */
const ticksPerHalf = 5;
const usPerMs = 1000;

/**
 * The percentile distribution in the text format of HdrHistogram (.hgrm), in milliseconds. Its readers skip lines that
 * begin with "#".
 *
 * @param lost queries that stand in the histogram at the timeout
 */
export function toHgrm(histogram: Histogram, lost = 0, timeoutUs?: number): string {
	const lines = ['# Latency in milliseconds, from when a query was due.'];
	if (lost > 0) {
		const at = timeoutUs === undefined ? 'the timeout' : `the timeout, ${durationText(timeoutUs)}`;
		lines.push(
			`# ${countedText(lost, 'query', 'queries')} without an answer count at ${at}: from there on values are the least that they can be.`,
		);
	}
	return `${lines.join('\n')}\n${histogram.outputPercentileDistribution(ticksPerHalf, usPerMs)}`;
}
