/** Quantities as a person reads them, each in few columns and without a unit that is left to be guessed. */

/** Below 10 one decimal, else whole, with separators; from ten million on in millions. */
export function rateText(perSec: number): string {
	if (perSec >= 1e7) return `${(perSec / 1e6).toFixed(1)}M`;
	const whole = Number.isInteger(perSec) || perSec >= 9.95;
	return perSec.toLocaleString(
		'en-US',
		whole ? { maximumFractionDigits: 0 } : { minimumFractionDigits: 1, maximumFractionDigits: 1 },
	);
}

export function countText(count: number): string {
	return count.toLocaleString('en-US', { maximumFractionDigits: 0 });
}

/** "95.9 %"; of nothing: "-". */
export function percentText(part: number, whole: number): string {
	return whole === 0 ? '-' : `${((part / whole) * 100).toFixed(1)} %`;
}

/** "40 µs", "1.2 ms", "350 ms", "2.1 s"; of nothing: "-". */
export function durationText(ms: number | undefined): string {
	if (ms === undefined) return '-';
	if (ms < 0.9995) return `${Math.round(ms * 1000)} µs`;
	if (ms < 9.95) return `${ms.toFixed(1)} ms`;
	if (ms < 999.5) return `${Math.round(ms)} ms`;
	return `${(ms / 1000).toFixed(1)} s`;
}

/** "3d 4h", "2h 5m", "3m 20s", "12s" */
export function ageText(sec: number): string {
	const parts = [
		[Math.floor(sec / 86_400), 'd'],
		[Math.floor(sec / 3600) % 24, 'h'],
		[Math.floor(sec / 60) % 60, 'm'],
		[Math.floor(sec) % 60, 's'],
	] as const;
	const first = parts.findIndex(([value]) => value > 0);
	if (first === -1) return '0s';
	return parts
		.slice(first, first + 2)
		.map(([value, unit]) => `${value}${unit}`)
		.join(' ');
}

const eighths = ['', '▏', '▎', '▍', '▌', '▋', '▊', '▉'];

/** A bar of `columns`, filled from 0 to 1. */
export function barText(share: number, columns: number): string {
	const filled = Math.round(Math.min(1, Math.max(0, share)) * columns * 8);
	const bar = '█'.repeat(filled >> 3) + eighths[filled & 7];
	return bar + '░'.repeat(columns - bar.length);
}

const steps = [' ', '▁', '▂', '▃', '▄', '▅', '▆', '▇', '█'];

/** The last values, the youngest at the right end, each as a column as high as its part of `max`. */
export function sparkText(values: readonly number[], columns: number, max: number): string {
	const shown = values.slice(-columns).map((value) => {
		if (max <= 0 || value <= 0) return steps[0];
		return steps[Math.max(1, Math.round((value / max) * (steps.length - 1)))];
	});
	return shown.join('').padStart(columns);
}
