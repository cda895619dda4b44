/** Recorded traces that lie beside the repository on some machines; they are not part of it. */
import { existsSync } from 'node:fs';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { packageRoot } from '../../../../src/util/package-root.ts';

const directory = process.env.PETREL_TRACES ?? fileURLToPath(new URL('../shared/traces/', packageRoot()));

export function tracePath(name: string): string {
	return join(directory, name);
}

/** For a test's options: why it is skipped, or false. */
export function unlessTrace(name: string): { skip: string | false } {
	return { skip: !existsSync(tracePath(name)) && `no ${name} in PETREL_TRACES or ../shared/traces` };
}
