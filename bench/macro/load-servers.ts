/**
 * The page that compares servers: real ones side by side, each forwarding to the same `petrel upstream`, loaded by one
 * `petrel load` in rounds that take turns. Servers have core 0, and nobody asks but the one whose turn it is; load and upstream
 * are on core 1. How each is configured stands in bench/peers.
 *
 *     node bench/macro/load-servers.ts [--servers dnsmasq,unbound,petrel] [--html FILE] [--json FILE] [--rate 20000]
 *         [--rounds 5] [--seconds 10] [--zipf 1] [--names 10000] [--upstream 'delaylognormal2-20ms'] [--smoke]
 *         [-- FLAGS OF PETREL LOAD]
 *
 * --names beyond 10,000 are more than dnsmasq can keep. --upstream: labels for every answer (docs/upstream.md).
 */
import { rmSync } from 'node:fs';
import { resolve } from 'node:path';
import { parseArgs } from 'node:util';
import { buildPetrel } from '../lib/build-petrel.ts';
import { type Contender, House } from '../lib/house.ts';
import { petrelCommand } from '../lib/load.ts';
import { parseOptions } from '../lib/options.ts';
import { Program, stopAll } from '../lib/process.ts';
import { Upstream } from '../lib/upstream.ts';
import { allPeers } from '../peers/index.ts';
import type { Peer } from '../peers/peer.ts';

const text = { type: 'string' } as const;
const { values, positionals: moreFlags } = parseArgs({
	allowPositionals: true,
	options: {
		servers: { ...text, default: 'dnsmasq,unbound,petrel' },
		html: { ...text, default: 'load-servers.html' },
		json: text,
		rate: text,
		rounds: text,
		seconds: text,
		zipf: { ...text, default: '1' },
		names: text,
		upstream: { ...text, default: 'delaylognormal2-20ms' },
		smoke: { type: 'boolean', default: false },
	},
});
const { smoke } = values;
const rate = values.rate ?? (smoke ? '200' : '20000');
const rounds = values.rounds ?? (smoke ? '1' : '5');
const seconds = values.seconds ?? (smoke ? '0.5' : '10');
const names = values.names ?? (smoke ? '100' : '10000');
/** Where numbers mean nothing, nothing is pinned. */
const otherCore = smoke ? undefined : 1;
/** Of each server's round, with warm-up and drain. */
const roundLimitSec = Number(seconds) + 20;

/** Those that are on this machine, in the order in which they were named. */
function chosen(peers: readonly Peer[]): Peer[] {
	return values.servers.split(',').flatMap((wanted) => {
		const peer = peers.find(({ name }) => name === wanted);
		if (peer === undefined) {
			throw new Error(`no server ${wanted}; there are: ${peers.map(({ name }) => name).join(', ')}`);
		}
		if (peer.find() !== undefined) return [peer];
		process.stderr.write(`${peer.name} is not here (${peer.install})\n`);
		return [];
	});
}

function loadFlags(servers: readonly Contender[]): string[] {
	const targets = servers.map(({ name, place }) => `${name}=${place.address}:${place.port}`);
	const workload = ['--zipf', values.zipf, '--names', names, '--rate', rate];
	const times = ['--rounds', rounds, '--duration', `${seconds}s`];
	const outputs = ['--quiet', '--html', resolve(values.html)];
	if (values.json !== undefined) outputs.push('--json', resolve(values.json));
	const patience = smoke ? ['--max-lag', '20s', '--warmup', '0'] : ['--warmup', '2s'];
	return ['load', ...targets, ...workload, ...times, ...outputs, ...patience, ...moreFlags];
}

const options = parseOptions(smoke ? ['--smoke'] : []);
const built = buildPetrel();
const peers = chosen(allPeers(options, built));
// The C programs take no part here.
const house = new House(options, peers, { reflector: '', source: '' });
try {
	if (smoke) process.stdout.write('smoke run: the numbers mean nothing\n');
	const upstream = await Upstream.start(built, ['--ttl', '60', '--always', values.upstream], otherCore);
	const servers: Contender[] = [];
	for (const peer of peers) servers.push(await house.start(peer, upstream.place));
	for (const { name, place } of servers) {
		process.stdout.write(`${name} is 127.0.0.1:${place.port}\n`);
	}
	const program = await Program.start(petrelCommand(built, loadFlags(servers)), otherCore);
	const limitSec = roundLimitSec * Number(rounds) * servers.length;
	const code = await program.end(limitSec * 1000);
	process.stdout.write(`\n${program.output}${program.errors}`);
	process.stdout.write(`\npetrel load: exit code ${code}; the page is ${values.html}\n`);
	const { total, questions_seen } = await upstream.end();
	process.stdout.write(`the upstream was asked ${total} times, for ${questions_seen} questions\n`);
	if (code !== 0) process.exitCode = 1;
} finally {
	await stopAll();
	house.remove();
	rmSync(built, { recursive: true });
}
