/** Reads the Corefile that a command was given, and notices files of other programs. */
import { readFileSync } from 'node:fs';
import { type LoadResult, loadCorefile } from '../config/load.ts';
import { messageOf, PetrelError } from '../util/errors.ts';
import { detectFormat, formatNames } from './convert/detect.ts';

/** The name of standard input, as an argument and in findings. */
export const standardInput = '-';
const standardInputName = '(stdin)';

/** Throws `PETREL_CONFIG` for a file that is written for dnsmasq or kube-dns. */
export function loadInput(path: string, defaultPort: number): LoadResult {
	const text = readInput(path);
	const name = path === standardInput ? standardInputName : path;
	if (text !== undefined) refuseOtherFormats(name, text);
	return loadCorefile({ path: name, ...(text === undefined ? {} : { text }), env: process.env, defaultPort });
}

/** The text, or undefined where loading will say why there is none. */
function readInput(path: string): string | undefined {
	try {
		return readFileSync(path === standardInput ? 0 : path, 'utf8');
	} catch (thrown) {
		if (path !== standardInput) return undefined;
		throw new PetrelError('PETREL_CONFIG', `standard input cannot be read: ${messageOf(thrown)}`);
	}
}

function refuseOtherFormats(name: string, text: string): void {
	const format = detectFormat(text);
	if (format === 'corefile') return;
	throw new PetrelError(
		'PETREL_CONFIG',
		`${name} is ${formatNames[format]}, not a Corefile. ` +
			`Make one of it, and read what it could not take over: petrel convert ${name} --to corefile > Corefile`,
	);
}

/** Whether a file that `serve` is about to read is another program's. Files that cannot be read are left to it. */
export function refuseOtherPrograms(path: string): void {
	const text = readInput(path);
	if (text !== undefined) refuseOtherFormats(path, text);
}
