/** `petrel serve` as the benchmarks run it in front of an upstream: as it is published, one worker, everything forwarded. */
import { mkdirSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { corefileFor } from '../peers/corefile.ts';
import { petrelCommand } from './load.ts';
import { answers, freePort, type Place } from './place.ts';
import { Program } from './process.ts';

export interface Serving {
	readonly place: Place;
	readonly program: Program;
}

export interface ServingOptions {
	/** Where petrel was built; its Corefile goes there too. */
	readonly built: string;
	readonly upstream: Place;
	readonly cacheKib: number;
	readonly core?: number | undefined;
	/** More flags. */
	readonly args?: readonly string[];
}

/** How long a probe waits for its answer. */
const probeMs = 500;

/** Resolves when it answers: its upstream has been asked for `ready.example A` by then, and nothing else. */
export async function startServing({
	built,
	upstream,
	cacheKib,
	core,
	args: more = [],
}: ServingOptions): Promise<Serving> {
	const place = { address: '127.0.0.1', port: await freePort() };
	const directory = join(built, `serving-${place.port}`);
	mkdirSync(directory);
	const path = join(directory, 'Corefile');
	const setting = { place, upstream, directory, workers: 1, names: 0, forceTcp: false };
	writeFileSync(path, corefileFor(setting, 'cache 3600'));
	const args = ['serve', path, '--workers', '1', '--cache-size', `${cacheKib}KiB`, ...more];
	const command = { ...petrelCommand(built, args), env: { PETREL_CONTROL: 'off' } };
	const program = await Program.start(command, core);
	while (!(await answers(place, probeMs))) {
		if (!program.alive) throw new Error(`petrel serve does not start: ${program.errors}`);
	}
	return { place, program };
}
