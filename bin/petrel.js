#!/usr/bin/env node
// Runs on any Node.js that knows modules, so that one that is too old can say so. Everything else is in src/cli.
import { existsSync } from 'node:fs';

const needed = [22, 18];
const running = process.versions.node;
const parts = running.split('.').map(Number);
const tooOld = parts[0] < needed[0] || (parts[0] === needed[0] && parts[1] < needed[1]);

if (tooOld) {
	process.stderr.write(
		`petrel: Node.js ${needed.join('.')} or newer is needed, this is ${running} (${process.execPath}) [PETREL_NODE_VERSION]\n` +
			'  In a checkout: `npm ci` brings the right one, and `npx petrel` or `npm start` runs on it.\n' +
			'  Elsewhere: https://nodejs.org/en/download, or a container image with Node.js 26.\n',
	);
	process.exitCode = 1;
} else {
	// A checkout has the sources and runs them; the published package has what was built from them.
	const source = new URL('../src/cli/main.ts', import.meta.url);
	const built = new URL('../dist/main.js', import.meta.url);
	import(existsSync(source) ? source.href : built.href).catch((error) => {
		process.stderr.write(`petrel: ${error.message} [PETREL_INTERNAL]\n`);
		if (process.env.PETREL_DEBUG) process.stderr.write(`${error.stack}\n`);
		process.exitCode = 1;
	});
}
