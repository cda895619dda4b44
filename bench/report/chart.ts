/**
 * The chart: what a hit and a miss cost, as bars. It is read on light and on dark pages, so it has colours of its own for
 * both, chosen by the reader's setting.
 */
import { floorName } from '../lib/house.ts';
import type { Measurement } from '../lib/measurement.ts';
import { floorColumn } from '../scenarios/scenario.ts';
import { serversOf, spreadFor } from './numbers.ts';
import type { Results } from './results.ts';

/*
 *   0        labelWidth                                   width
 *   |  name  |███████████████──┤ 1.83                     |      one row: bar to the median, whisker min to max
 */
const width = 720;
const labelWidth = 120;
const valueWidth = 130;
const rowHeight = 24;
const barHeight = 14;
const captionHeight = 28;
const headHeight = 54;
const gap = 20;
/** A bar that is longer than all others by more than this is cut, and says so: it would make the others too short to tell. */
const longestBarMax = 1.6;

const style = `
	text { font: 13px system-ui, sans-serif; fill: #1f2328; }
	.title { font-weight: 600; font-size: 15px; }
	.name { text-anchor: end; }
	.bar { fill: #8c959f; }
	.petrel { fill: #0969da; }
	.whisker { stroke: #1f2328; stroke-width: 1.5; }
	.floor { stroke: #cf222e; stroke-width: 1; stroke-dasharray: 3 3; }
	@media (prefers-color-scheme: dark) {
		text { fill: #e6edf3; }
		.bar { fill: #6e7681; }
		.petrel { fill: #4493f8; }
		.whisker { stroke: #e6edf3; }
		.floor { stroke: #ff7b72; }
	}
`;

interface Bar {
	readonly name: string;
	readonly median: number;
	readonly min: number;
	readonly max: number;
}

function barsOf(servers: Record<string, Measurement[]>): Bar[] {
	return Object.entries(servers)
		.flatMap(([name, rounds]) => {
			const spread = name === floorName ? undefined : spreadFor(rounds, floorColumn);
			return spread === undefined ? [] : [{ name, ...spread }];
		})
		.sort((a, b) => a.median - b.median);
}

/** Where a value ends, in units of the image. */
type Scale = (value: number) => number;

function row({ name, median, min, max }: Bar, y: number, most: number, scale: Scale): string {
	const middle = y + rowHeight / 2;
	const kind = name.startsWith('petrel') ? 'bar petrel' : 'bar';
	const end = (value: number): number => scale(Math.min(value, most));
	const x = (value: number): string => end(value).toFixed(1);
	return [
		`<text class="name" x="${labelWidth - 8}" y="${middle + 4}">${name}</text>`,
		`<rect class="${kind}" x="${labelWidth}" y="${middle - barHeight / 2}" width="${(end(median) - labelWidth).toFixed(1)}" height="${barHeight}" rx="2"/>`,
		`<line class="whisker" x1="${x(min)}" x2="${x(max)}" y1="${middle}" y2="${middle}"/>`,
		`<text x="${(end(max) + 8).toFixed(1)}" y="${middle + 4}">${median.toFixed(2)}${max > most ? ' (bar cut)' : ''}</text>`,
	].join('\n');
}

function panel(title: string, bars: readonly Bar[], y: number): string {
	const [longest = 1, second = longest] = bars.map(({ max }) => max).sort((a, b) => b - a);
	const most = Math.max(1, Math.min(longest, second * longestBarMax));
	const scale = (value: number): number => labelWidth + (value / most) * (width - labelWidth - valueWidth);
	const floor = scale(1).toFixed(1);
	const bottom = y + headHeight + bars.length * rowHeight;
	return [
		`<text class="title" x="8" y="${y + 22}">${title}</text>`,
		...bars.map((bar, index) => row(bar, y + headHeight + index * rowHeight, most, scale)),
		`<line class="floor" x1="${floor}" x2="${floor}" y1="${y + headHeight - 6}" y2="${bottom}"/>`,
		`<text x="${floor}" y="${y + headHeight - 8}" text-anchor="middle">1</text>`,
	].join('\n');
}

/** An SVG image, for the scenarios that were run. */
export function chart(results: Results): string {
	const panels: string[] = [];
	let y = captionHeight;
	for (const [scenario, what] of [
		['hit', 'A hit'],
		['miss', 'A miss'],
		['mixed', 'Zipf over a million names'],
	]) {
		const bars = barsOf(serversOf(results, scenario));
		if (bars.length === 0) continue;
		panels.push(panel(what, bars, y));
		y += headHeight + bars.length * rowHeight + gap;
	}
	const open = `<svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 ${width} ${y}" width="${width}" height="${y}" role="img">`;
	const title = '<title>CPU a query of DNS caches, as a multiple of the floor</title>';
	const caption = `<text x="8" y="20">CPU a query; 1 is what a C program takes that only receives and sends. Less is better.</text>`;
	return `${[open, title, `<style>${style}</style>`, caption, ...panels, '</svg>'].join('\n')}\n`;
}
