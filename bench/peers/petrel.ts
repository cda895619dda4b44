import { writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { outputOf } from '../lib/process.ts';
import { corefileFor } from './corefile.ts';
import { type Peer, versionIn } from './peer.ts';

/** Holds 300,000 short names with room to spare for the unequal filling of buckets. */
const cacheSize = '64MiB';

/**
 * @param directory where it was built
 * @param transport what it receives and sends by; undefined: what it chooses
 */
export function petrel(directory: string, transport?: 'dgram'): Peer {
	const script = join(directory, 'bin/petrel.js');
	return {
		name: transport === undefined ? 'petrel' : `petrel-${transport}`,
		install: 'npm ci',
		canForceTcp: true,
		find: () => process.execPath,
		version: (program) => versionIn(outputOf(program, [script, '--version'])),
		command(program, setting) {
			const path = join(setting.directory, 'Corefile');
			writeFileSync(path, corefileFor(setting, 'cache 3600'));
			const args = [script, 'serve', path, '--workers', String(setting.workers), '--cache-size', cacheSize];
			return { program, args, env: transport === undefined ? {} : { PETREL_TRANSPORT: transport } };
		},
	};
}
