import { measurementFrom } from '../lib/measurement.ts';
import { measureRounds } from '../lib/rounds.ts';
import { floorColumn, processorColumn, rateColumn, type Scenario } from './scenario.ts';

/** Names that are asked; all of them are in every cache before. */
export const hotNames = 1000;

/** Unmeasured load before the first round, for compilers that work while the program runs; before every other round. */
export const warmFirstSec = 2;
export const warmSec = 0.2;

export const hit: Scenario = {
	name: 'hit',
	title: 'Hits',
	method: `${hotNames} names, all cached, asked at random in a closed loop from one socket.`,
	columns: [floorColumn, processorColumn, rateColumn],
	async run(house) {
		const upstream = await house.startUpstream();
		const contenders = await house.startAll(house.peers, upstream.place);
		for (const contender of contenders) {
			await house.tried(contender.name, () => house.fill(contender, 'example', hotNames));
		}
		const names = ['--fixed', String(hotNames)];
		const servers = await measureRounds(house, contenders, async (contender, round) => {
			const warm = round === 0 && !house.options.smoke ? warmFirstSec : warmSec;
			return measurementFrom(await house.ask(contender, { names, warmSec: warm, seed: round }));
		});
		return { '': servers };
	},
};
