/**
 * A machine with one nameserver, in network and mount namespaces of its own (`unshare --net --mount`): for each resolv.conf
 * and name, what the C library's resolver asks when `getent ahosts` looks the name up. The plan comes on standard input, the
 * queries go to standard output, as JSON.
 */
import { execFile, execFileSync } from 'node:child_process';
import { writeFileSync } from 'node:fs';
import { text } from 'node:stream/consumers';
import { UpstreamScript } from '../../src/load/upstream/script.ts';
import { startUpstream } from '../../src/load/upstream/server.ts';
import { typeName } from '../../src/wire/iana.ts';

export interface LookupPlan {
	/** Names with an address, and names without one that are not NXDOMAIN; all others are. */
	readonly found: readonly string[];
	readonly empty: readonly string[];
	readonly machines: readonly { readonly resolvConf: string; readonly names: readonly string[] }[];
}

/** Of each machine and name: "name type", in lower case, in the order in which they came. */
export type LookupResult = readonly (readonly (readonly string[])[])[];

const limitMs = 20_000;

const plan = JSON.parse(await text(process.stdin)) as LookupPlan;
execFileSync('ip', ['link', 'set', 'lo', 'up']);
// Nothing below it may be the machine's own, and nobody else may see these files.
execFileSync('mount', ['-t', 'tmpfs', 'none', '/etc']);
writeFileSync('/etc/nsswitch.conf', 'hosts: dns\n');

const script = new UpstreamScript({
	seed: 1,
	rules: [
		{ name: '*', action: 'nx' },
		...plan.found.map((name) => ({ name, action: 'ttl60' })),
		...plan.empty.map((name) => ({ name, action: 'nodata' })),
	],
});
const upstream = await startUpstream({ address: '127.0.0.1', port: 53, script });

function lookUp(name: string): Promise<string[]> {
	script.report.reset();
	return new Promise((resolve, reject) => {
		execFile('getent', ['ahosts', name], { timeout: limitMs }, (error) => {
			// 2: the name was not found.
			if (error !== null && error.code !== 2) reject(error);
			else resolve(script.report.queries.map((query) => `${query.name} ${typeName(query.type)}`));
		});
	});
}

const result: string[][][] = [];
for (const { resolvConf, names } of plan.machines) {
	writeFileSync('/etc/resolv.conf', resolvConf);
	const asked: string[][] = [];
	for (const name of names) asked.push(await lookUp(name));
	result.push(asked);
}
process.stdout.write(JSON.stringify(result));
await upstream.close();
