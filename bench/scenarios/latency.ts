import { type Contender, floorName } from '../lib/house.ts';
import { type Groups, measurementFrom } from '../lib/measurement.ts';
import { measureRounds } from '../lib/rounds.ts';
import { hotNames } from './hit.ts';
import type { Column, Scenario } from './scenario.ts';

const loadsPercent = [25, 50, 75];
const names = ['--fixed', String(hotNames)];

const latencyColumn = (title: string, key: 'p50Us' | 'p99Us' | 'p999Us'): Column => {
	return { title, key, digits: 0, voidKey: 'latencyVoid' };
};

export const latency: Scenario = {
	name: 'latency',
	title: 'Latency of hits',
	method:
		'Open loop: queries are due at fixed times, and latency runs from then. Loads are shares of what the slowest peer answers at most, the same for all.',
	groupTitle: 'load',
	columns: [
		latencyColumn('p50, µs', 'p50Us'),
		latencyColumn('p99, µs', 'p99Us'),
		latencyColumn('p99.9, µs', 'p999Us'),
	],
	async run(house) {
		const upstream = await house.startUpstream();
		const contenders = await house.startAll(house.peers, upstream.place);
		const maxima: number[] = [];
		for (const contender of contenders) {
			await house.tried(contender.name, async () => {
				await house.fill(contender, 'example', hotNames);
				const report = await house.ask(contender, { names, warmSec: house.options.seconds });
				if (isPeer(contender)) maxima.push(report.answered / report.seconds);
			});
		}
		const slowestQps = Math.min(...maxima);
		const groups: Groups = {};
		for (const percent of loadsPercent) {
			const rateQps = Math.round((slowestQps * percent) / 100);
			const group = `${percent} %: ${(rateQps / 1000).toFixed(0)},000 a second`;
			groups[group] = await measureRounds(house, contenders, async (contender, round) => {
				const report = await house.ask(contender, { names, rateQps, warmSec: 0.2, seed: round });
				const { p50Us, p99Us, p999Us, lostShare } = measurementFrom(report);
				return { p50Us, p99Us, p999Us, lostShare, latencyVoid: report.void };
			});
		}
		return groups;
	},
};

function isPeer({ name }: Contender): boolean {
	return name !== floorName && !name.startsWith('petrel');
}
