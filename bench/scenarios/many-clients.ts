import { type Groups, measurementFrom } from '../lib/measurement.ts';
import { measureRounds } from '../lib/rounds.ts';
import { hotNames, warmSec } from './hit.ts';
import { floorColumn, processorColumn, rateColumn, type Scenario } from './scenario.ts';

const socketCounts = [1, 1000];

export const manyClients: Scenario = {
	name: 'many-clients',
	title: 'Many clients',
	method:
		'Hits from one busy socket, and from a thousand in turn. The source makes a system call for each query then, and is slower than most servers.',
	groupTitle: 'sockets',
	columns: [floorColumn, processorColumn, rateColumn],
	async run(house) {
		const upstream = await house.startUpstream();
		const contenders = await house.startAll(house.peers, upstream.place);
		const names = ['--fixed', String(hotNames)];
		for (const contender of contenders) {
			await house.tried(contender.name, async () => {
				await house.fill(contender, 'example', hotNames);
				await house.ask(contender, { names });
			});
		}
		const groups: Groups = {};
		for (const sockets of socketCounts) {
			groups[String(sockets)] = await measureRounds(house, contenders, async (contender, round) =>
				measurementFrom(await house.ask(contender, { names, sockets, warmSec, seed: round })),
			);
		}
		return groups;
	},
};
