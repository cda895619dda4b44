/** Quantities of a study as a person reads them. */

/** For what there is none of. */
export const nothing = '-';

export function countText(count: number): string {
	return Number.isFinite(count) ? count.toLocaleString('en-US', { maximumFractionDigits: 0 }) : nothing;
}

/** "74.68": of a share in [0, 1], in percent. */
export function percentText(share: number): string {
	return Number.isFinite(share) ? (share * 100).toFixed(2) : nothing;
}

const unitsOfBytes = ['octets', 'KiB', 'MiB', 'GiB', 'TiB'];

/** "512 octets", "16.1 KiB", "1 MiB" */
export function bytesText(bytes: number): string {
	if (!Number.isFinite(bytes)) return nothing;
	let unit = 0;
	let value = bytes;
	for (; value >= 1024 && unit < unitsOfBytes.length - 1; unit++) value /= 1024;
	return `${shortText(value)} ${unitsOfBytes[unit]}`;
}

/** "730k", "2.3M", "12": three digits at most. */
export function rateText(perSec: number): string {
	if (!Number.isFinite(perSec)) return nothing;
	if (perSec >= 1e6) return `${shortText(perSec / 1e6)}M`;
	return perSec >= 1e4 ? `${shortText(perSec / 1e3)}k` : countText(perSec);
}

function shortText(value: number): string {
	return value >= 100 ? countText(value) : String(Number(value.toPrecision(3)));
}

const unitsOfTime = [
	[86_400, 'd'],
	[3600, 'h'],
	[60, 'min'],
] as const;

/** "21.2 min", "3 d" */
export function spanText(sec: number): string {
	const [unit, name] = unitsOfTime.find(([unit]) => sec >= unit) ?? [1, 's'];
	return `${shortText(sec / unit)} ${name}`;
}
