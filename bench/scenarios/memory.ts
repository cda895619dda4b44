import { setTimeout as sleep } from 'node:timers/promises';
import type { Contender, House } from '../lib/house.ts';
import { type Measurement, rounded } from '../lib/measurement.ts';
import type { Reflector } from '../lib/reflector.ts';
import type { Peer } from '../peers/peer.ts';
import type { Scenario } from './scenario.ts';

const nameCount = 300_000;
const smokeCount = 3000;
/**
 * Misses that nobody keeps (TTL 0) before memory is looked at, so that buffers, code, young objects and tables of queries
 * under way are there already: they are what a server costs, not what a name does. Few names again and again, for some
 * servers do keep them.
 */
const earlierAnswers = 250_000;
const earlierSmokeAnswers = 1000;
const earlierNames = 10_000;
const earlierTries = 15;
/** Each in a process of its own. */
const roundsMax = 3;
/** Garbage of the filling is collected by then. */
const settleMs = 2000;
const settleSmokeMs = 50;

async function missUnkept(house: House, server: Contender, upstream: Reflector): Promise<void> {
	const { smoke } = house.options;
	const wanted = smoke ? earlierSmokeAnswers : earlierAnswers;
	const load = { names: ['--fixed', String(earlierNames)], seconds: smoke ? 0.1 : 1, timeoutMs: 500 };
	upstream.toggleTtl();
	for (let tries = 0, answered = 0; tries < earlierTries && answered < wanted; tries++) {
		answered += (await house.ask(server, load)).answered;
	}
	upstream.toggleTtl();
}

async function measureMemory(house: House, peer: Peer, upstream: Reflector): Promise<Measurement> {
	const { smoke } = house.options;
	const count = smoke ? smokeCount : nameCount;
	const settle = () => sleep(smoke ? settleSmokeMs : settleMs);
	const server = await house.start(peer, upstream.place, { names: count });
	try {
		await missUnkept(house, server, upstream);
		await settle();
		const beforeBytes = server.program.rssBytes;
		await house.fill(server, 'example', count);
		await settle();
		const growthBytes = server.program.rssBytes - beforeBytes;
		await upstream.counts();
		await house.fill(server, 'example', count);
		const { udpQueries, tcpQueries } = await upstream.counts();
		const keptShare = Math.max(0, 1 - (udpQueries + tcpQueries) / count);
		return rounded({ bytesPerName: growthBytes / (count * keptShare), keptShare });
	} finally {
		await server.program.stop();
	}
}

export const memory: Scenario = {
	name: 'memory',
	title: 'Memory',
	method: `Growth of RSS by ${nameCount.toLocaleString('en')} names with one A record each, for each name that is kept: all are asked again, and what then reaches the upstream was not kept.`,
	columns: [
		{ title: 'octets a name', key: 'bytesPerName', digits: 0 },
		{ title: 'names kept, %', key: 'keptShare', digits: 1, unit: 0.01 },
	],
	async run(house) {
		const upstream = await house.startUpstream();
		const servers: Record<string, Measurement[]> = {};
		for (let round = 0; round < Math.min(house.options.rounds, roundsMax); round++) {
			for (const peer of house.peers) {
				if (!house.options.smoke && (peer.namesMax ?? nameCount) < nameCount) continue;
				const measurement = await house.tried(peer.name, () => measureMemory(house, peer, upstream));
				if (measurement !== undefined) (servers[peer.name] ??= []).push(measurement);
			}
		}
		return { '': servers };
	},
};
