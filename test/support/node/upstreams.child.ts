/**
 * The world around a node: scripted upstreams at the addresses of the arguments, in a network namespace of their own. It
 * waits for a first line on its standard input, for by then its end of the cable is there. Every other line is a name and a
 * type, and is answered by who was asked for them.
 */
import { execFileSync } from 'node:child_process';
import { createInterface } from 'node:readline';
import { UpstreamScript } from '../../../src/load/upstream/script.ts';
import { startUpstream } from '../../../src/load/upstream/server.ts';

const [ownAddress, ...addresses] = process.argv.slice(2);

function ip(command: string): void {
	execFileSync('ip', command.split(' '));
}

async function start() {
	ip('link set lo up');
	ip(`address add ${ownAddress}/30 dev world`);
	ip('link set world up');
	for (const address of addresses) ip(`address add ${address}/32 dev lo`);
	const open = (address: string) =>
		startUpstream({ address, port: 53, script: new UpstreamScript({ seed: 1, aa: false }) });
	return Promise.all(addresses.map(open));
}

const lines = createInterface({ input: process.stdin })[Symbol.asyncIterator]();
await lines.next();
const upstreams = await start();
process.stdout.write('ready\n');
for (let line = await lines.next(); !line.done; line = await lines.next()) {
	const [name, type] = line.value.split(' ');
	const asked = upstreams.flatMap(({ address, script }) =>
		(['udp', 'tcp'] as const).flatMap((transport) =>
			Array(script.report.count(name, type, transport)).fill(`${address} ${transport}`),
		),
	);
	process.stdout.write(`${JSON.stringify(asked)}\n`);
}
process.exit(0);
