/** Numbers and times as a Corefile writes them. */

const unitMs: Readonly<Record<string, number>> = {
	ns: 1e-6,
	us: 1e-3,
	µs: 1e-3,
	μs: 1e-3,
	ms: 1,
	s: 1000,
	m: 60_000,
	h: 3_600_000,
};

const durationPart = /(\d+(?:\.\d*)?|\.\d+)(ns|us|µs|μs|ms|s|m|h)/g;

/** Milliseconds of a duration in Go's form: `1h30m`, `500ms`, `1.5s`, `-2s`, `0`. Undefined if it is none. */
export function parseDurationMs(text: string): number | undefined {
	const match = /^([+-]?)(.+)$/.exec(text);
	if (!match) return undefined;
	const [, sign, parts] = match;
	if (parts === '0') return 0;
	let totalMs = 0;
	let length = 0;
	for (const part of parts.matchAll(durationPart)) {
		if (part.index !== length) return undefined;
		length += part[0].length;
		totalMs += Number(part[1]) * unitMs[part[2]];
	}
	if (length !== parts.length) return undefined;
	return sign === '-' ? -totalMs : totalMs;
}

/** The shortest exact form: 5400000 gives `1h30m`. */
export function formatDurationMs(durationMs: number): string {
	if (durationMs === 0) return '0s';
	let restMs = durationMs;
	let text = '';
	for (const unit of ['h', 'm', 's', 'ms']) {
		const count = Math.floor(restMs / unitMs[unit]);
		if (count > 0) text += `${count}${unit}`;
		restMs -= count * unitMs[unit];
	}
	return text;
}

/** A decimal integer, as Go's Atoi takes it. Undefined if it is none. */
export function parseInteger(text: string): number | undefined {
	return /^[+-]?\d+$/.test(text) ? Number(text) : undefined;
}
