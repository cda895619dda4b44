/** Prometheus's text format (version 0.0.4), read and checked without any library of ours or Prometheus's. */

export interface ExposedSample {
	readonly name: string;
	readonly labels: Readonly<Record<string, string>>;
	readonly value: number;
}

export interface Family {
	readonly name: string;
	readonly type: string;
	readonly help: string;
	readonly samples: readonly ExposedSample[];
}

export interface Exposition {
	readonly families: ReadonlyMap<string, Family>;
	readonly samples: readonly ExposedSample[];
	/** What is wrong with the text, by line. */
	readonly faults: readonly string[];
}

const metricName = /^[a-zA-Z_:][a-zA-Z0-9_:]*$/;
const sampleLine = /^([a-zA-Z_:][a-zA-Z0-9_:]*)(?:\{(.*)\})? (\S+)$/;
const labelPair = /^([a-zA-Z_][a-zA-Z0-9_]*)="((?:[^"\\\n]|\\["\\n])*)"(?:,|$)/;
const parts = ['_bucket', '_sum', '_count'];

function numberOf(text: string): number | undefined {
	if (/^[+-]?inf$/i.test(text))
		return text.startsWith('-') ? Number.NEGATIVE_INFINITY : Number.POSITIVE_INFINITY;
	if (/^nan$/i.test(text)) return Number.NaN;
	return /^[+-]?(\d+\.?\d*|\.\d+)(e[+-]?\d+)?$/i.test(text) ? Number(text) : undefined;
}

function labelsOf(text: string): Record<string, string> | undefined {
	const labels: Record<string, string> = {};
	let rest = text;
	while (rest !== '') {
		const pair = labelPair.exec(rest);
		if (!pair || Object.hasOwn(labels, pair[1])) return undefined;
		labels[pair[1]] = pair[2].replace(/\\(.)/g, (_, escaped) => (escaped === 'n' ? '\n' : escaped));
		rest = rest.slice(pair[0].length);
	}
	return labels;
}

interface OpenFamily {
	readonly name: string;
	type: string;
	help: string;
	readonly samples: ExposedSample[];
}

/** Reads a whole text. Never throws: what does not fit is a fault. */
export function readExposition(text: string): Exposition {
	const families = new Map<string, OpenFamily>();
	const samples: ExposedSample[] = [];
	const faults: string[] = [];
	const closed = new Set<string>();
	let open = '';
	if (!text.endsWith('\n')) faults.push('the text does not end with a line feed');
	const familyOf = (name: string): OpenFamily => {
		const family = families.get(name) ?? { name, type: '', help: '', samples: [] };
		families.set(name, family);
		if (open !== name) {
			if (closed.has(name)) faults.push(`${name}: its lines do not stand together`);
			closed.add(open);
			open = name;
		}
		return family;
	};
	for (const [i, line] of text.split('\n').entries()) {
		const fault = (what: string): void => void faults.push(`line ${i + 1}: ${what}: ${line}`);
		if (line === '') continue;
		const comment = /^# (HELP|TYPE) (\S+) (.+)$/.exec(line);
		if (comment) {
			const [, kind, name, rest] = comment;
			const family = familyOf(name);
			if (!metricName.test(name)) fault('a bad name');
			if (family.samples.length > 0) fault(`${kind} behind samples`);
			if ((kind === 'HELP' ? family.help : family.type) !== '') fault(`a second ${kind}`);
			if (kind === 'HELP') family.help = rest;
			else family.type = rest;
			if (kind === 'TYPE' && !/^(counter|gauge|histogram|summary|untyped)$/.test(rest))
				fault('an unknown type');
			continue;
		}
		const sample = sampleLine.exec(line);
		const labels = sample && labelsOf(sample[2] ?? '');
		const value = sample && numberOf(sample[3]);
		if (!sample || !labels || value === undefined || value === null) {
			fault('no sample');
			continue;
		}
		const base = parts
			.map((part) => sample[1].slice(0, -part.length))
			.find((name, p) => {
				return sample[1].endsWith(parts[p]) && families.get(name)?.type === 'histogram';
			});
		const family = familyOf(base ?? sample[1]);
		if (family.type === '' || family.help === '') fault('no TYPE and HELP before it');
		const exposed = { name: sample[1], labels, value };
		family.samples.push(exposed);
		samples.push(exposed);
	}
	for (const family of families.values()) checkFamily(family, faults);
	return { families, samples, faults };
}

function checkFamily(family: OpenFamily, faults: string[]): void {
	const seen = new Set<string>();
	for (const { name, labels, value } of family.samples) {
		const key = `${name}${keyOf(labels)}`;
		if (seen.has(key)) faults.push(`${key}: stands twice`);
		seen.add(key);
		if (family.type !== 'gauge' && !(value >= 0)) faults.push(`${key}: ${value} is no count`);
	}
	if (family.type === 'counter' && !family.name.endsWith('_total')) faults.push(`${family.name}: no _total`);
	if (family.type === 'histogram') checkHistograms(family, faults);
}

function keyOf(labels: Readonly<Record<string, string>>, without?: string): string {
	const pairs = Object.entries(labels).filter(([name]) => name !== without);
	return JSON.stringify(pairs.sort(([a], [b]) => (a < b ? -1 : 1)));
}

function checkHistograms({ name, samples }: OpenFamily, faults: string[]): void {
	for (const key of new Set(samples.map(({ labels }) => keyOf(labels, 'le')))) {
		const own = samples.filter(({ labels }) => keyOf(labels, 'le') === key);
		const buckets = own.filter((sample) => sample.name === `${name}_bucket`);
		const bounds = buckets.map(({ labels }) => numberOf(labels.le ?? '') ?? Number.NaN);
		const rising = bounds.every((bound, i) => i === 0 || bound > bounds[i - 1]);
		const cumulative = buckets.every(({ value }, i) => i === 0 || value >= buckets[i - 1].value);
		const count = own.find((sample) => sample.name === `${name}_count`)?.value;
		const sum = own.find((sample) => sample.name === `${name}_sum`)?.value;
		if (!rising) faults.push(`${name}${key}: bounds do not rise`);
		if (!cumulative) faults.push(`${name}${key}: buckets are not cumulative`);
		if (bounds.at(-1) !== Number.POSITIVE_INFINITY) faults.push(`${name}${key}: the last bucket is not +Inf`);
		if (count === undefined || count !== buckets.at(-1)?.value)
			faults.push(`${name}${key}: _count is not +Inf`);
		if (sum === undefined) faults.push(`${name}${key}: has no _sum`);
		if (own.length !== buckets.length + 2) faults.push(`${name}${key}: has other parts`);
	}
}

/** Samples under a name, histogram parts by their own, that have these labels. */
export function find(
	{ samples }: Exposition,
	name: string,
	labels: Readonly<Record<string, string>> = {},
): ExposedSample[] {
	const wanted = Object.entries(labels);
	return samples.filter(
		(sample) => sample.name === name && wanted.every(([key, value]) => sample.labels[key] === value),
	);
}

/** The sum of what `find` finds; undefined if that is nothing. */
export function sumOf(
	exposition: Exposition,
	name: string,
	labels: Readonly<Record<string, string>> = {},
): number | undefined {
	const found = find(exposition, name, labels);
	return found.length === 0 ? undefined : found.reduce((sum, { value }) => sum + value, 0);
}
