import { writeFileSync } from 'node:fs';
import { homedir } from 'node:os';
import { join } from 'node:path';
import { findProgram, isProgram, outputOf } from '../lib/process.ts';
import { corefileFor } from './corefile.ts';
import { type Peer, versionIn } from './peer.ts';

/** Entries, for each kind of answer. */
const cache = 'cache 3600 {\n\t\tsuccess 1200000 3600\n\t\tdenial 10000 5\n\t}';

/** @param named the program, if the user named one */
export function coredns(named?: string): Peer {
	return {
		name: 'coredns',
		install: 'go install github.com/coredns/coredns@v1.14.7, or --coredns PATH',
		canForceTcp: true,
		find: () => named ?? findProgram('coredns') ?? [join(homedir(), 'go/bin/coredns')].find(isProgram),
		version: (program) => versionIn(outputOf(program, ['-version'])),
		command(program, setting) {
			const path = join(setting.directory, 'Corefile');
			writeFileSync(path, corefileFor(setting, cache));
			return { program, args: ['-conf', path], env: { GOMAXPROCS: String(setting.workers) } };
		},
	};
}
