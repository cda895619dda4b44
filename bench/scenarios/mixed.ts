import { floorName } from '../lib/house.ts';
import { measurementFrom } from '../lib/measurement.ts';
import { measureRounds } from '../lib/rounds.ts';
import { floorColumn, processorColumn, rateColumn, type Scenario } from './scenario.ts';

const nameCount = 1_000_000;
/** The most popular names, asked once before each round: eight tenths of what is asked then. */
const filledCount = 60_000;
const filledSmokeCount = 2000;

export const mixed: Scenario = {
	name: 'mixed',
	title: 'Mixed',
	method: `Zipf 1.0 over a million names, of which the ${filledCount.toLocaleString('en')} most popular were asked before; other names each round.`,
	columns: [
		floorColumn,
		processorColumn,
		rateColumn,
		{ title: 'hits, %', key: 'hitShare', digits: 1, unit: 0.01 },
	],
	async run(house) {
		const upstream = await house.startUpstream();
		const contenders = await house.startAll(house.peers, upstream.place);
		const count = house.options.smoke ? filledSmokeCount : filledCount;
		const names = ['--zipf', `${nameCount}:1`];
		const servers = await measureRounds(house, contenders, async (contender, round) => {
			const zone = `r${round}.example`;
			if (contender.name !== floorName) await house.fill(contender, zone, count);
			await upstream.counts();
			const report = await house.ask(contender, { zone, names, seed: round + 1, timeoutMs: 500 });
			const { udpQueries, tcpQueries } = await upstream.counts();
			const hitShare = Math.max(0, 1 - (udpQueries + tcpQueries) / report.answered);
			const measurement = measurementFrom(report);
			return contender.name === floorName ? measurement : { ...measurement, hitShare };
		});
		return { '': servers };
	},
};
