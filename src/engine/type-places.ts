import { typeLabels } from '../metrics/hot/series-layout.ts';
import { rrType } from '../wire/iana.ts';

const other = typeLabels.length - 1;
const places = new Uint8Array(256).fill(other);
for (const [place, label] of typeLabels.entries()) if (label !== 'other') places[rrType[label]] = place;

/** The place of a QTYPE among the labels of the series; what has none of its own is "other". */
export function typePlace(qtype: number): number {
	return qtype < places.length ? places[qtype] : other;
}
