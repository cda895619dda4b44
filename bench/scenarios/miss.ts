import type { House } from '../lib/house.ts';
import { type Measurement, measurementFrom } from '../lib/measurement.ts';
import { measureRounds } from '../lib/rounds.ts';
import { warmFirstSec, warmSec } from './hit.ts';
import { floorColumn, processorColumn, rateColumn, type Scenario } from './scenario.ts';

/** Every name is new. The floor answers them by itself: it asks nobody. */
async function measureMisses(house: House, forceTcp: boolean): Promise<Record<string, Measurement[]>> {
	const upstream = await house.startUpstream();
	const peers = forceTcp ? house.peers.filter((peer) => peer.canForceTcp) : house.peers;
	const contenders = await house.startAll(peers, upstream.place, { forceTcp });
	return measureRounds(house, contenders, async (contender, round) => {
		const warm = round === 0 && !house.options.smoke ? warmFirstSec : warmSec;
		// Servers that are slow at this have tens of milliseconds of queries before them.
		const load = { names: ['--new'], warmSec: warm, zone: 'miss.example', timeoutMs: 500 };
		return measurementFrom(await house.ask(contender, load));
	});
}

const columns = [floorColumn, processorColumn, rateColumn];

export const miss: Scenario = {
	name: 'miss',
	title: 'Misses',
	method: 'Every name is new; the upstream answers at once. It shares the core of the source.',
	columns,
	run: async (house) => ({ '': await measureMisses(house, false) }),
};

export const missTcp: Scenario = {
	name: 'miss-tcp',
	title: 'Misses over TCP',
	method: 'As before, but the server asks its upstream over TCP only (`force_tcp`), of those that can.',
	columns,
	run: async (house) => ({ '': await measureMisses(house, true) }),
};
