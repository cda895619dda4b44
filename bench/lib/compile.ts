/** The C programs of the benchmark, compiled where no checkout sees them. */
import { execFileSync } from 'node:child_process';
import { globSync, mkdirSync } from 'node:fs';
import { join } from 'node:path';
import { findProgram } from './process.ts';

const root = join(import.meta.dirname, '../..');
const directory = join(root, 'node_modules/.cache/petrel-bench');
const flags = ['-O2', '-Wall', '-Wextra', '-Werror', '-std=gnu11', '-D_GNU_SOURCE'];

export const compiler = findProgram('cc');

export interface Programs {
	/** The floor, and the upstream of the others. */
	readonly reflector: string;
	readonly source: string;
}

/** Throws what the compiler says if it fails. */
export function compile(into = directory): Programs {
	if (compiler === undefined) {
		throw new Error('the floor and the source are C programs, and there is no cc (Debian: gcc, libc6-dev)');
	}
	mkdirSync(into, { recursive: true });
	const build = (folder: string, name: string): string => {
		const program = join(into, name);
		const files = globSync(`bench/${folder}/*.c`, { cwd: root }).sort();
		execFileSync(compiler!, [...flags, '-o', program, ...files, '-lm'], { cwd: root, encoding: 'utf8' });
		return program;
	};
	return { reflector: build('floor', 'reflector'), source: build('source', 'source') };
}
