/**
 * What a query costs now against a commit: CPU of a hit and of a miss, both servers on one core in turns, the source on the
 * other. The server of now has `prometheus`, `health` and `errors` in both blocks; the one of then what it knew, `errors`.
 *
 *     node bench/macro/against-commit.ts REVISION [--rounds 11] [--seconds 2]
 */
import { execFileSync } from 'node:child_process';
import { existsSync, mkdtempSync, rmSync, symlinkSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { parseArgs } from 'node:util';
import { buildPetrel } from '../lib/build-petrel.ts';
import { compile } from '../lib/compile.ts';
import { House } from '../lib/house.ts';
import { stopAll } from '../lib/process.ts';
import { spreadOf, spreadText } from '../lib/spread.ts';
import { corefileFor } from '../peers/corefile.ts';
import type { Peer } from '../peers/peer.ts';
import { hit } from '../scenarios/hit.ts';
import { miss } from '../scenarios/miss.ts';

const root = join(import.meta.dirname, '../..');
const { values, positionals } = parseArgs({
	options: { rounds: { type: 'string', default: '11' }, seconds: { type: 'string', default: '2' } },
	allowPositionals: true,
});
const [revision] = positionals;
if (revision === undefined) throw new Error('name a revision: node bench/macro/against-commit.ts REVISION');

/** The commit as it was published then, built by its own script. */
async function buildCommit(tree: string): Promise<string> {
	execFileSync('git', ['worktree', 'add', '--detach', tree, revision], { cwd: root, stdio: 'ignore' });
	symlinkSync(join(root, 'node_modules'), join(tree, 'node_modules'));
	if (existsSync(join(root, 'native/build'))) {
		execFileSync(process.execPath, ['scripts/build-native.js', '--must'], { cwd: tree, stdio: 'ignore' });
	}
	const { buildPetrel: build } = await import(join(tree, 'bench/lib/build-petrel.ts'));
	return build();
}

function server(name: string, directory: string, more: () => string): Peer {
	const script = join(directory, 'bin/petrel.js');
	return {
		name,
		install: 'npm ci',
		canForceTcp: true,
		find: () => process.execPath,
		version: () => name,
		command(program, setting) {
			const path = join(setting.directory, 'Corefile');
			writeFileSync(path, corefileFor(setting, 'cache 3600', more()));
			const args = [script, 'serve', path, '--workers', '1', '--cache-size', '64MiB'];
			return { program, args, env: { PETREL_CONTROL: 'off' } };
		},
	};
}

let ports = 0;
/** Each server on ports of its own. */
function operated(): string {
	ports += 2;
	const first = 31_000 + (process.pid % 1000) * 2 + ports;
	return `\tprometheus 127.0.0.1:${first}\n\thealth 127.0.0.1:${first + 1}\n`;
}

const tree = join(mkdtempSync(join(tmpdir(), 'petrel-commit-')), 'tree');
const directories = [buildPetrel(), await buildCommit(tree)];
const peers = [server('then', directories[1], () => ''), server('now', directories[0], operated)];
const options = { rounds: Number(values.rounds), seconds: Number(values.seconds), window: 256, smoke: false };
const house = new House(options as unknown as House['options'], peers, compile());
try {
	for (const scenario of [hit, miss]) {
		const { '': servers } = await scenario.run(house);
		const cost = (name: string): number[] => servers[name].map(({ processorUs }) => processorUs!);
		const ratios = cost('now').map((now, round) => now / cost('then')[round]);
		const text = ['then', 'now'].map((name) => `${name} ${spreadText(spreadOf(cost(name)), 2)} µs`);
		process.stdout.write(`${scenario.name}: ${text.join(', ')}; ratio ${spreadText(spreadOf(ratios), 3)}\n`);
		await stopAll();
	}
} finally {
	await stopAll();
	house.remove();
	for (const directory of directories) rmSync(directory, { recursive: true });
	execFileSync('git', ['worktree', 'remove', '--force', tree], { cwd: root });
}
