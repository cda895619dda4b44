#!/usr/bin/env node
/**
 * Builds the native UDP addon of this checkout (`npm ci` runs it; `npm run build:native` by hand). Plain JavaScript, so
 * that any Node.js can run it: without a compiler, or when the build fails, it says why in one line and petrel uses
 * node:dgram.
 *
 * Sources and flags stand in native/binding.gyp, which is JSON as well as gyp, so that node-gyp and this script, which
 * needs neither Python nor make, build the same. The headers lie beside the running Node.js; only where they do not does
 * the node-gyp that comes with npm fetch them.
 *
 *   --must       fail if it cannot be built
 *   --sanitize   with AddressSanitizer and UBSan, to native/build/Sanitized
 *   --prebuild   stripped, to native/prebuilds, which the published package holds (`npm run prebuild`)
 *   --arch=ARCH  for another processor, with a compiler for it in CC; arm64, say
 */
import { execFileSync } from 'node:child_process';
import { existsSync, mkdirSync, readFileSync, realpathSync, renameSync, rmSync } from 'node:fs';
import { dirname, join, resolve } from 'node:path';
import process from 'node:process';

const native = resolve(import.meta.dirname ?? dirname(new URL(import.meta.url).pathname), '../native');
const must = process.argv.includes('--must');
const sanitize = process.argv.includes('--sanitize');
const prebuild = process.argv.includes('--prebuild');
const arch = process.argv.find((argument) => argument.startsWith('--arch='))?.slice(7) ?? process.arch;
const sanitizerFlags = [
	'-g',
	'-O1',
	'-fno-omit-frame-pointer',
	'-fsanitize=address,undefined',
	'-fno-sanitize-recover',
];

function headersDirectory() {
	const directory = join(dirname(realpathSync(process.execPath)), '../include/node');
	return existsSync(join(directory, 'node_api.h')) && existsSync(join(directory, 'uv.h'))
		? directory
		: undefined;
}

function firstLine(error) {
	const text = error.stderr?.toString().trim() || error.message;
	return text.split('\n').find((line) => /error|fatal|not found|ENOENT/i.test(line)) ?? text.split('\n')[0];
}

/** Where the loader (node-gyp-build) looks. */
function outputOf(target) {
	const build = join(native, 'build', sanitize ? 'Sanitized' : 'Release');
	if (!prebuild) return join(build, `${target.target_name}.node`);
	const libc = process.report.getReport().header.glibcVersionRuntime ? 'glibc' : 'musl';
	return join(native, 'prebuilds', `${process.platform}-${arch}`, `node.napi.${libc}.node`);
}

function compile(headers) {
	const { targets } = JSON.parse(readFileSync(join(native, 'binding.gyp'), 'utf8'));
	const [target] = targets;
	const built = outputOf(target);
	const unfinished = `${built}.${process.pid}`;
	mkdirSync(dirname(built), { recursive: true });
	const defines = target.defines.map((define) => `-D${define}`);
	const flags = [...target.cflags, ...(sanitize ? sanitizerFlags : []), ...(prebuild ? ['-s'] : [])];
	const compiler = process.env.CC || 'cc';
	try {
		execFileSync(
			compiler,
			['-shared', '-fPIC', ...flags, ...defines, `-I${headers}`, ...target.sources, '-o', unfinished],
			{ cwd: native, stdio: 'pipe' },
		);
		// In one step: a petrel that runs keeps the file that it has loaded.
		renameSync(unfinished, built);
	} catch (error) {
		rmSync(unfinished, { force: true });
		if (error.code === 'ENOENT') throw new Error(`there is no C compiler (${compiler}: not found)`);
		throw new Error(firstLine(error));
	}
}

function buildWithNodeGyp() {
	const nodeGyp = process.env.npm_config_node_gyp;
	if (!nodeGyp || sanitize || prebuild)
		throw new Error(`node_api.h and uv.h are not beside ${process.execPath}`);
	try {
		execFileSync(process.execPath, [nodeGyp, 'rebuild', '-C', native], { stdio: 'pipe' });
	} catch (error) {
		throw new Error(`node-gyp: ${firstLine(error)}`);
	}
}

function build() {
	if (process.platform !== 'linux') throw new Error(`there is none for ${process.platform}`);
	const headers = headersDirectory();
	if (headers) compile(headers);
	else buildWithNodeGyp();
}

try {
	build();
} catch (error) {
	process.stderr.write(
		`petrel: the native UDP addon is not built: ${error.message}; node:dgram is used instead\n`,
	);
	if (must || prebuild) process.exitCode = 1;
}
