import { randomBytes } from 'node:crypto';
import type { Groups } from '../lib/measurement.ts';
import type { Scenario } from './scenario.ts';

const singleCount = 200;

export const singlesGroup = `${singleCount} queries, one at a time`;
export const floodGroup = 'full load of misses';

export const ports: Scenario = {
	name: 'ports',
	title: 'Source ports',
	method:
		'Ports that queries to the upstream came from: whoever wants to forge a reply has to guess them. One worker.',
	groupTitle: 'load',
	columns: [{ title: 'ports', key: 'ports', digits: 0 }],
	async run(house) {
		const groups: Groups = { [singlesGroup]: {}, [floodGroup]: {} };
		for (const peer of house.peers) {
			await house.tried(peer.name, async () => {
				const upstream = await house.startUpstream();
				const server = await house.start(peer, upstream.place);
				await upstream.counts();
				await house.fill(server, `${randomBytes(4).toString('hex')}.example`, singleCount, 1);
				const singles = await upstream.counts();
				await house.ask(server, { names: ['--new'], zone: 'miss.example', timeoutMs: 500 });
				const flood = await upstream.counts();
				groups[singlesGroup][peer.name] = [{ ports: singles.udpPorts }];
				groups[floodGroup][peer.name] = [{ ports: flood.udpPorts }];
				await server.program.stop();
				await upstream.program.stop();
			});
		}
		return groups;
	},
};
