/** The page's script: makes uPlot charts of the data in the page, anew when colors change. Runs in the browser. */
import { clientFormats } from './client-formats.ts';

const clientCharts = `
const colorOf = (name) => getComputedStyle(document.documentElement).getPropertyValue('--' + name).trim();

const seriesOf = (chart, { label, color, look }) => {
	const stroke = colorOf(color);
	const text = look === 'marks' ? (count) => count.toLocaleString('en-US') : valueTexts[chart.y];
	const series = { label, stroke, value: (u, value) => value == null ? '–' : text(value), points: { show: false } };
	if (look === 'marks') return { ...series, scale: 'marks', paths: () => null, look };
	if (look === 'points') return { ...series, paths: () => null, points: { show: true, size: 5, fill: stroke } };
	if (look === 'rings') return { ...series, paths: () => null, points: { show: true, size: 8, width: 2, fill: colorOf('paper') } };
	const width = look === 'thin' ? 1 : look === 'strong' ? 3.5 : 2;
	return { ...series, width, dash: look === 'dashed' ? [6, 4] : look === 'dotted' ? [2, 3] : look === 'dash-dot' ? [8, 3, 2, 3] : undefined };
};

const axisOf = (kind, isLog, side) => {
	const axis = {
		stroke: colorOf('faint'),
		grid: { stroke: colorOf('grid'), width: 1 },
		ticks: { stroke: colorOf('grid'), width: 1 },
		font: '12px system-ui, sans-serif',
		values: (u, splits) => splits.map((split) => split == null ? '' : axisTexts[kind](split)),
		filter: (u, splits) => splits,
	};
	if (side === 'y') axis.size = 58;
	if (kind === 'percentile') axis.splits = (u, at, min, max) => [...(u.width < 480 ? [] : [2]), ...logSplits(1, max * 2000)].filter((x) => x >= min * 0.999 && x <= max * 1.001).sort((a, b) => a - b);
	else if (kind === 'octets') axis.splits = (u, at, min, max) => octetSplits(min, max, u.width < 480 ? 4 : 7);
	else if (isLog) axis.splits = (u, at, min, max) => logSplits(min, max);
	return axis;
};

const yRange = ({ yLog, limits, isClose }) => (u, min, max) => {
	if (min == null) return yLog ? [1, 10] : [0, 1];
	if (isClose) return [Math.max(0, min - (max - min) * 0.05), max + (max - min) * 0.05 + 0.1];
	const low = Math.min(min, ...limits);
	const high = Math.max(max, ...limits);
	if (!yLog) return [0, high > 0 ? high * 1.08 : 1];
	return below(low) < above(high) ? [below(low), above(high)] : [low / 2, high * 2];
};

const drawShades = (shades) => (u) => {
	const { left, top, width, height } = u.bbox;
	for (const { from, to, kind } of shades) {
		const begin = Math.max(left, u.valToPos(from, 'x', true));
		const end = Math.min(left + width, u.valToPos(to, 'x', true));
		u.ctx.fillStyle = colorOf(kind);
		if (end > begin) u.ctx.fillRect(begin, top, end - begin, height);
	}
};

const drawMarks = (u) => {
	const { left, top, width, height } = u.bbox;
	const unit = window.devicePixelRatio || 1;
	let row = 0;
	u.series.forEach((series, at) => {
		if (series.look !== 'marks') return;
		const bottom = top + height - row++ * 9 * unit;
		if (!series.show) return;
		u.ctx.fillStyle = series.stroke();
		u.data[at].forEach((count, index) => {
			const x = u.valToPos(u.data[0][index], 'x', true);
			if (count > 0 && x >= left && x <= left + width) u.ctx.fillRect(x - unit, bottom - 8 * unit, 2 * unit, 8 * unit);
		});
	});
};

const drawLimits = (limits) => (u) => {
	const { left, width } = u.bbox;
	u.ctx.save();
	u.ctx.strokeStyle = colorOf('bad');
	u.ctx.lineWidth = window.devicePixelRatio || 1;
	u.ctx.setLineDash([6, 4]);
	for (const limit of limits) {
		const y = Math.round(u.valToPos(limit, 'y', true));
		u.ctx.beginPath();
		u.ctx.moveTo(left, y);
		u.ctx.lineTo(left + width, y);
		u.ctx.stroke();
	}
	u.ctx.restore();
};

const heightOf = ({ isClose }, width) => (width < 480 ? 240 : 300) * (isClose ? 1.5 : 1);

const build = (chart, box) => {
	// A null is a gap, even where the next point of the table is behind points of others.
	const asGaps = 2;
	const data = uPlot.join(chart.tables.map(({ x, ys }) => [x, ...ys]), chart.tables.map(({ ys }) => [0, ...ys.map(() => asGaps)]));
	const width = box.clientWidth;
	const log = (is) => is ? { distr: 3, log: 10 } : {};
	const pad = chart.x === 'rate' ? 0.05 : 0;
	return new uPlot({
		width,
		height: heightOf(chart, width),
		scales: {
			x: { time: false, ...log(chart.xLog), range: (u, min, max) => min == null ? [1, 10] : min === max ? [min * 0.9, max * 1.1 + 1] : [min - (max - min) * pad, max + (max - min) * pad] },
			y: { ...log(chart.yLog), range: yRange(chart) },
			marks: { range: () => [0, 1] },
		},
		axes: [axisOf(chart.x, chart.xLog, 'x'), axisOf(chart.y, chart.yLog, 'y')],
		series: [
			{ label: { seconds: 'time', octets: 'memory' }[chart.x] || chart.x, value: (u, x) => x == null ? '–' : valueTexts[chart.x](x) },
			...chart.series.map((series) => seriesOf(chart, series)),
		],
		cursor: { sync: { key: chart.x }, points: { size: 6 }, dataIdx: (u, series, index) => index },
		hooks: { drawClear: [drawShades(chart.shades)], draw: [drawMarks, drawLimits(chart.limits)] },
	}, data, box);
};

const charts = JSON.parse(document.getElementById('chart-data').textContent);
const boxes = [...document.querySelectorAll('.chart')];
let plots = [];
const draw = () => {
	for (const plot of plots) plot.destroy();
	plots = boxes.map((box, place) => build(charts[place], box));
};
draw();
matchMedia('(prefers-color-scheme: dark)').addEventListener('change', draw);
new ResizeObserver(() => boxes.forEach((box, place) => {
	const width = box.clientWidth;
	if (width > 0 && width !== plots[place].width) plots[place].setSize({ width, height: heightOf(charts[place], width) });
})).observe(document.body);
`.trim();

export const clientScript = `(() => {\n'use strict';\n${clientFormats}\n${clientCharts}\n})();`;
