import { writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { outputOf } from '../lib/process.ts';
import { corefileFor } from './corefile.ts';
import { type Peer, versionIn } from './peer.ts';

/**
 * Octets of `--cache-size` for each name: what one A record takes, and an eighth that is set aside for large answers. It
 * is measured by the scenario `memory`, which prints how many names were kept.
 */
const bytesPerName = 112;
/** It takes no less. */
const cacheKibMin = 1024;

/** What is not as petrel comes: node:dgram in place of the addon, or no trains (docs/design/0007). */
const variants = {
	petrel: {},
	'petrel-dgram': { PETREL_TRANSPORT: 'dgram' },
	'petrel-no-trains': { PETREL_TRAINS: 'off' },
} as const;

/** @param directory where it was built */
export function petrel(directory: string, name: keyof typeof variants): Peer {
	const script = join(directory, 'bin/petrel.js');
	const env: Record<string, string> = variants[name];
	return {
		name,
		install: 'npm ci',
		canForceTcp: true,
		find: () => process.execPath,
		version(program) {
			const text = outputOf(program, [script, '--version'], env);
			return `${versionIn(text)} (${/transport (\w+)/.exec(text)?.[1] ?? 'unknown transport'})`;
		},
		command(program, setting) {
			const path = join(setting.directory, 'Corefile');
			writeFileSync(path, corefileFor(setting, 'cache 3600'));
			const cacheKib = Math.max(cacheKibMin, Math.ceil((setting.names * bytesPerName) / 1024));
			const args = [
				script,
				'serve',
				path,
				'--workers',
				String(setting.workers),
				'--cache-size',
				`${cacheKib}KiB`,
			];
			return { program, args, env };
		},
	};
}
