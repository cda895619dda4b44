import { setTimeout as sleep } from 'node:timers/promises';
import type { Contender, House } from '../lib/house.ts';
import { type Groups, type Measurement, measurementFrom } from '../lib/measurement.ts';
import { measureRounds } from '../lib/rounds.ts';
import { hotNames, warmFirstSec, warmSec } from './hit.ts';
import { processorColumn, rateColumn, type Scenario } from './scenario.ts';

const windowPerWorker = 512;
/** Enough for a kernel that spreads queries by their source to use all workers. */
const sockets = 16;
const workerCounts = [1, 2];

/** petrel's counters as they are now: a line of JSON for each SIGUSR2. */
async function counters({ program }: Contender): Promise<Record<string, number>> {
	const before = program.output.split('\n').length;
	program.signal('SIGUSR2');
	for (;;) {
		const lines = program.output.split('\n');
		if (lines.length > before) return JSON.parse(lines.at(-2)!) as Record<string, number>;
		if (!program.alive) throw new Error('petrel has ended');
		await sleep(5);
	}
}

async function measureWorkers(house: House, contender: Contender, round: number): Promise<Measurement> {
	const workers = Number(/\d+$/.exec(contender.name)![0]);
	const warm = round === 0 && !house.options.smoke ? warmFirstSec : warmSec;
	const names = ['--fixed', String(hotNames)];
	const window = windowPerWorker * workers;
	const before = await counters(contender);
	const report = await house.ask(contender, { names, window, sockets, warmSec: warm, core: undefined });
	const after = await counters(contender);
	const batches = after.udp_batches - before.udp_batches;
	const batch = (after.queries_udp - before.queries_udp) / batches;
	const { processorUs, rateQps, lostShare } = measurementFrom(report);
	const measurement = { processorUs, rateQps, lostShare, rateVoid: true };
	return Number.isFinite(batch) ? { ...measurement, batch } : measurement;
}

export const scaling: Scenario = {
	name: 'scaling',
	title: 'One worker and two',
	method: `Hits in a closed loop, window ${windowPerWorker} a worker, from ${sockets} sockets. Nothing is pinned, and the source needs a core too: the rates say nothing, the processor time of the server's threads does.`,
	groupTitle: 'workers',
	columns: [processorColumn, { title: 'mean batch', key: 'batch', digits: 1 }, rateColumn],
	async run(house) {
		const upstream = await house.startUpstream();
		const groups: Groups = {};
		for (const peer of house.peers.filter(({ name }) => name.startsWith('petrel'))) {
			const contenders: Contender[] = [];
			for (const workers of workerCounts) {
				const contender = await house.start(peer, upstream.place, { workers, pinned: false });
				await house.fill(contender, 'example', hotNames);
				contenders.push({ ...contender, name: `${peer.name} ${workers}` });
			}
			const measured = await measureRounds(house, contenders, (contender, round) =>
				measureWorkers(house, contender, round),
			);
			for (const workers of workerCounts) {
				const rows = measured[`${peer.name} ${workers}`];
				if (rows !== undefined) (groups[String(workers)] ??= {})[peer.name] = rows;
			}
		}
		return groups;
	},
};
