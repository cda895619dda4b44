import { execFileSync } from 'node:child_process';

/**
 * Runs one combination of parameters in a process of its own, so that none runs in code that another one has warmed
 * or spoilt, and gives back what it printed as JSON.
 */
export function inFreshProcess<Result>(file: string, parameters: unknown): Result {
	const output = execFileSync(process.execPath, [file, '--one', JSON.stringify(parameters)], {
		encoding: 'utf8',
	});
	return JSON.parse(output) as Result;
}
