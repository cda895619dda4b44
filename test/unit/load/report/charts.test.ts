/** Goal: charts show what was measured. Method: their data, and the page's script run with a chart library that notes. */
import assert from 'node:assert/strict';
import { test } from 'node:test';
import { runInNewContext } from 'node:vm';
import { chartsOverTime } from '../../../../src/load/report/html/charts-over-time.ts';
import { percentileChart } from '../../../../src/load/report/html/percentile-chart.ts';
import { searchCharts } from '../../../../src/load/report/html/search-charts.ts';
import { summarize } from '../../../../src/load/report/summary.ts';
import { parseThresholds } from '../../../../src/load/report/thresholds.ts';
import type { LoadResult, Trial } from '../../../../src/load/result.ts';
import type { Chart } from '../../../../src/page/chart.ts';
import { clientScript } from '../../../../src/page/client.ts';
import { type FakeCounts, fakeResult, fakeRound, fakeTarget, startedWallMs, steps } from './support.ts';

const quiet: FakeCounts = { answersUs: steps(100, 10) };
const lossy: FakeCounts = { answersUs: steps(90, 10), lateUs: [2_100_000], lost: 9, lagUs: 30 };

/** Rounds of a and b in turn, three seconds each, the first of each its warm-up. */
function twoTargets(): LoadResult {
	const round = (number: number, beginSec: number, reasons: string[] = []) =>
		fakeRound([quiet, quiet, lossy], {
			number,
			warmupCount: 1,
			startedWallMs: startedWallMs + beginSec * 1000,
			void: reasons,
		});
	return fakeResult([
		fakeTarget('a', [round(1, 0), round(2, 10)]),
		fakeTarget('b', [round(1, 5), round(2, 15, ['slow'])]),
	]);
}

function timeCharts(result: LoadResult): Chart[] {
	return chartsOverTime(result, summarize(result), parseThresholds('p99<2ms sent-p99<1ms'));
}

function sound({ tables, series }: Chart): void {
	assert.equal(
		tables.reduce((sum, { ys }) => sum + ys.length, 0),
		series.length,
	);
	for (const { x, ys } of tables) {
		assert.deepEqual(
			x,
			[...new Set(x)].sort((a, b) => a - b),
		);
		for (const y of ys) assert.equal(y.length, x.length);
	}
}

test('rates and latencies stand where their second was, and rounds are apart', () => {
	const [rate, latency, lag] = timeCharts(twoTargets());
	for (const chart of [rate, latency, lag]) sound(chart);
	assert.deepEqual(
		rate.series.map(({ label, look }) => `${label} ${look}`),
		['due dashed', 'lost marks', 'late marks', 'a answered line', 'b answered line'],
	);
	const [all, a] = rate.tables;
	assert.deepEqual(a.x, [0.5, 1.5, 2.5, 3, 10.5, 11.5, 12.5, 13]);
	assert.deepEqual(a.ys, [[100, 100, 90, null, 100, 100, 90, null]]);
	assert.deepEqual(all.ys[1].slice(0, 4), [0, 0, 9, null]);
	const [p50, p99, max] = latency.tables[0].ys;
	assert.deepEqual([p50[0], p99[0], max[0]], [500, 990, 1000]);
	assert.equal(p99[2], 2_000_000);
	assert.deepEqual(latency.limits, [2000]);
	assert.deepEqual(lag.tables[1].ys[0].slice(0, 4), [10, 10, 30, null]);
});

test('warm-up and void rounds are shaded', () => {
	const [{ shades }] = timeCharts(twoTargets());
	assert.deepEqual(
		shades.map(({ from, to, kind }) => [from, to, kind]),
		[
			[0, 1, 'warmup'],
			[10, 11, 'warmup'],
			[5, 6, 'warmup'],
			[15, 16, 'warmup'],
			[16, 18, 'void'],
		],
	);
});

test('latency by percentile ascends to as far as there are values, the lost apart', () => {
	const one = fakeResult([fakeTarget('a', [fakeRound([lossy])])]);
	const chart = percentileChart(summarize(one))!;
	sound(chart);
	assert.deepEqual(
		chart.series.map(({ label }) => label),
		['from sent', 'from due', 'or more'],
	);
	const [, due, more] = chart.tables;
	const ys = [...due.ys[0], ...more.ys[0].slice(1)] as number[];
	assert.deepEqual(
		ys,
		[...ys].sort((a, b) => a - b),
	);
	assert.equal(due.x[0], 1);
	assert.equal(more.x.at(-1), 100);
	assert.equal(more.ys[0].at(-1), 2_000_000);
	assert.ok(due.ys[0].every((us) => us! <= 900));
	assert.equal(percentileChart(summarize(fakeResult([fakeTarget('a', [])]))), undefined);
});

function trials(): Trial[] {
	return [1000, 2000, 1500, 1000].map((rateQps, place) => {
		const kept = rateQps < 2000;
		return { rateQps, kept, reasons: kept ? [] : ['loss'], round: fakeRound([place === 1 ? lossy : quiet]) };
	});
}

test('trials of a search stand by their rate, kept or not, with the limits of the objective', () => {
	const search = {
		objective: 'p99<5ms loss<0.1%',
		trials: trials(),
		bestQps: 1500,
		generatorWasLimit: false,
	};
	const [summary] = summarize(fakeResult([fakeTarget('a', [])], { searches: [search] }));
	const [p99, loss] = searchCharts(summary, false);
	for (const chart of [p99, loss]) sound(chart);
	assert.deepEqual(
		p99.tables.map(({ x }) => x.map(Math.round)),
		[[1000, 1000, 1500], [2000]],
	);
	assert.deepEqual([p99.tables[1].ys, loss.tables[1].ys], [[[2_000_000]], [[9]]]);
	assert.deepEqual([p99.limits, loss.limits], [[5000], [0.1]]);
	const odd = searchCharts({ ...summary, search: { ...search, objective: 'fast enough' } }, false);
	assert.deepEqual(odd[0].limits, []);
});

// biome-ignore lint/suspicious/noExplicitAny: what the script hands to the library, in the library's own terms.
type Any = any;

/** Runs the page's script as a browser would, with a library that keeps what it is given. */
function drawn(charts: readonly Chart[]): { options: Any; data: Any[][]; resized: number[] }[] {
	const plots: { options: Any; data: Any[][]; resized: number[]; width: number }[] = [];
	const boxes = charts.map(() => ({ clientWidth: 600 }));
	class FakePlot {
		static join(tables: Any[][]): Any[][] {
			const xs = [...new Set(tables.flatMap(([x]) => x))].sort((a, b) => a - b);
			const columns = tables.flatMap(([x, ...ys]) => ys.map((y: Any[]) => xs.map((at) => y[x.indexOf(at)])));
			return [xs, ...columns];
		}
		readonly width: number;
		readonly resized: number[] = [];
		readonly options: Any;
		readonly data: Any[][];
		constructor(options: Any, data: Any[][]) {
			this.options = options;
			this.data = data;
			this.width = options.width;
			plots.push(this);
		}
		destroy(): void {
			plots.length = 0;
		}
		setSize({ width }: { width: number }): void {
			this.resized.push(width);
		}
	}
	let redraw = (): void => {};
	let resize = (): void => {};
	const page = {
		uPlot: FakePlot,
		document: {
			documentElement: {},
			body: {},
			getElementById: () => ({ textContent: JSON.stringify(charts) }),
			querySelectorAll: () => boxes,
		},
		window: { devicePixelRatio: 2 },
		getComputedStyle: () => ({ getPropertyValue: (name: string) => ` ${name} ` }),
		matchMedia: () => ({ addEventListener: (_: string, listener: () => void) => (redraw = listener) }),
		ResizeObserver: class {
			constructor(listener: () => void) {
				resize = listener;
			}
			observe(): void {}
		},
	};
	runInNewContext(clientScript, page);
	redraw();
	boxes[0].clientWidth = 400;
	resize();
	return plots;
}

test("the page's script draws every chart, anew for other colors, and follows the width", () => {
	const charts = timeCharts(twoTargets());
	const plots = drawn(charts);
	assert.equal(plots.length, charts.length);
	assert.deepEqual(plots[0].resized, [400]);
	assert.deepEqual(plots[1].resized, []);
	for (const [place, { options, data }] of plots.entries()) {
		assert.equal(data.length, charts[place].series.length + 1);
		assert.equal(options.series.length, data.length);
		assert.equal(options.series[1].stroke, `--${charts[place].series[0].color}`);
	}
});

test('axes and values have their units', () => {
	const result = twoTargets();
	const charts = [...timeCharts(result), percentileChart(summarize(result))!];
	const [rate, latency, , percentile] = drawn(charts).map(({ options }) => options);
	const labels = (axis: Any, splits: number[]): string[] => [...axis.values({}, splits)];
	assert.deepEqual(labels(rate.axes[0], [5, 10]), ['5s', '10s']);
	assert.deepEqual(labels(rate.axes[1], [0, 500, 20_000, 1.5e6]), ['0/s', '500/s', '20k/s', '1.5M/s']);
	assert.deepEqual(labels(latency.axes[1], [20, 5000, 2e6]), ['20µs', '5ms', '2s']);
	const range = (options: Any, min: number | null, max: number | null): number[] => [
		...options.scales.y.range({}, min, max),
	];
	assert.deepEqual(range(latency, 300, 1_900_000), [200, 2_000_000]);
	assert.deepEqual(range(latency, 5000, 9000), [2000, 10_000]);
	assert.deepEqual(range(latency, null, null), [1, 10]);
	assert.deepEqual(range(rate, 50, 100), [0, 108]);
	assert.deepEqual(
		[...latency.axes[1].splits({}, 0, 200, 20_000)],
		[200, 500, 1000, 2000, 5000, 10_000, 20_000],
	);
	assert.deepEqual([...latency.axes[1].splits({}, 0, 10, 1e6)], [10, 100, 1000, 10_000, 100_000, 1_000_000]);
	const xs = [...percentile.axes[0].splits({ width: 600 }, 0, 1, 5000)];
	assert.deepEqual(xs, [1, 2, 10, 100, 1000]);
	assert.deepEqual(labels(percentile.axes[0], xs), ['0%', '50%', '90%', '99%', '99.9%']);
	const value = (options: Any, place: number, of: number | null): string =>
		options.series[place].value({}, of);
	assert.equal(value(rate, 1, 99_980.4), '99,980/s');
	assert.equal(value(rate, 2, 1200), '1,200');
	assert.equal(value(latency, 2, 1234), '1.23ms');
	assert.equal(value(percentile, 0, 4000), '99.9750%');
	assert.equal(value(rate, 1, null), '–');
});

test('shades, ticks of what was lost and limits are drawn within the chart', () => {
	const [rate, latency] = drawn(timeCharts(twoTargets()));
	const rectangles: number[][] = [];
	const lines: number[][] = [];
	const context = {
		fillRect: (...rectangle: number[]) => rectangles.push(rectangle),
		lineTo: (...point: number[]) => lines.push(point),
		...Object.fromEntries(
			['save', 'restore', 'beginPath', 'moveTo', 'stroke', 'setLineDash'].map((name) => [name, () => {}]),
		),
	};
	const bbox = { left: 100, top: 10, width: 900, height: 200 };
	const plot = ({ options, data }: { options: Any; data: Any[][] }): Any => ({
		bbox,
		ctx: context,
		data,
		series: options.series.map((series: Any) => ({ ...series, show: true, stroke: () => series.stroke })),
		valToPos: (value: number) => 100 + value * 50,
	});
	for (const hook of rate.options.hooks.drawClear) hook(plot(rate));
	assert.deepEqual(rectangles[0], [100, 10, 50, 200]);
	assert.equal(rectangles.length, 5);
	rectangles.length = 0;
	for (const hook of rate.options.hooks.draw) hook(plot(rate));
	assert.equal(rectangles.length, 8);
	for (const [left, top, width, height] of rectangles) {
		assert.ok(left >= 98 && left + width <= 1002 && top >= 10 && top + height <= 210);
	}
	for (const hook of latency.options.hooks.draw) hook(plot(latency));
	assert.deepEqual(lines, [[1000, 100_100]]);
});
