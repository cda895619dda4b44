import { globSync, mkdirSync, mkdtempSync, readFileSync, rmSync, symlinkSync, writeFileSync } from 'node:fs';
import { stripTypeScriptTypes } from 'node:module';
import { tmpdir } from 'node:os';
import { dirname, join } from 'node:path';

const root = join(import.meta.dirname, '../..');

/**
 * Makes JavaScript of the sources and the benchmarks in a directory that is gone when the process ends, and returns the
 * path of `file` there. What is published is JavaScript, and it runs faster than the same code whose types Node.js strips
 * while it loads: the stripper is WebAssembly, its memory grows, and once any ArrayBuffer of a thread was detached V8
 * looks at every access to a typed array whether that one was.
 */
export function strippedCopy(file: string): string {
	const directory = mkdtempSync(join(tmpdir(), 'petrel-bench-'));
	process.on('exit', () => rmSync(directory, { recursive: true, force: true }));
	for (const path of globSync(['src/**/*.ts', 'bench/**/*.ts'], { cwd: root })) {
		const target = join(directory, javascriptName(path));
		mkdirSync(dirname(target), { recursive: true });
		const code = stripTypeScriptTypes(readFileSync(join(root, path), 'utf8'));
		writeFileSync(target, code.replaceAll(/(['"])(\.{1,2}\/[^'"\n]+)\.ts\1/g, '$1$2.js$1'));
	}
	writeFileSync(join(directory, 'package.json'), '{"type":"module"}');
	symlinkSync(join(root, 'node_modules'), join(directory, 'node_modules'));
	return join(directory, javascriptName(file.slice(root.length + 1)));
}

function javascriptName(path: string): string {
	return path.replace(/\.ts$/, '.js');
}
