/** petrel as it is published: built to JavaScript, in a directory of its own. */
import { execFileSync } from 'node:child_process';
import { cpSync, existsSync, mkdtempSync, symlinkSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';

const root = join(import.meta.dirname, '../..');

/** The directory, which the caller removes in the end. */
export function buildPetrel(): string {
	const directory = mkdtempSync(join(tmpdir(), 'petrel-built-'));
	for (const name of ['bin', 'examples', 'package.json']) {
		cpSync(join(root, name), join(directory, name), { recursive: true });
	}
	for (const name of ['node_modules', 'native', 'prebuilds']) {
		if (existsSync(join(root, name))) symlinkSync(join(root, name), join(directory, name));
	}
	const script = join(root, 'scripts/build-js.js');
	execFileSync(process.execPath, [script, '--out', join(directory, 'dist')]);
	return directory;
}
