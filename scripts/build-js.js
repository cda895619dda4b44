/**
 * Builds `dist/`, the JavaScript that is published: few files in place of some hundred. Every thread that loads a module
 * keeps its text and its records, and a server is several threads; so bundled, an idle one is 16 MiB smaller. Names are
 * kept, for stack traces that somebody can read.
 *
 *     node scripts/build-js.js [--out DIRECTORY]
 */
import { rmSync } from 'node:fs';
import { join } from 'node:path';
import { parseArgs } from 'node:util';
import { rolldown } from 'rolldown';

const root = join(import.meta.dirname, '..');
const { values } = parseArgs({ options: { out: { type: 'string' } } });
const out = values.out ?? join(root, 'dist');

const bundle = await rolldown({
	// The main thread and what workers run, which it finds beside it (src/server/shard-pool.ts, src/load/pool.ts,
	// src/lab/study/pool.ts).
	input: {
		main: join(root, 'src/cli/main.ts'),
		'shard-main': join(root, 'src/server/shard-main.ts'),
		'run-worker': join(root, 'src/load/generate/run-worker.ts'),
		'study-worker': join(root, 'src/lab/study/study-worker.ts'),
	},
	platform: 'node',
	// Dependencies are the user's own.
	external: /^[^./]/,
});
rmSync(out, { recursive: true, force: true });
await bundle.write({
	dir: out,
	entryFileNames: '[name].js',
	// All in one directory: files are found beside each other.
	chunkFileNames: '[name]-[hash].js',
	minify: { compress: false, mangle: false, codegen: { removeWhitespace: true } },
});
await bundle.close();
