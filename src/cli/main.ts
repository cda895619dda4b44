import { exitCode, reportError } from './exit.ts';
import { loadProgram } from './program.ts';

/** Runs the command line and returns the exit code. Results go to stdout, everything else to stderr. */
export async function main(argv: readonly string[]): Promise<number> {
	try {
		const program = await loadProgram(argv[0]);
		await program.parseAsync([...argv], { from: 'user' });
		return Number(process.exitCode ?? exitCode.ok);
	} catch (thrown) {
		return reportError(thrown, (text) => process.stderr.write(text));
	}
}

process.exitCode = await main(process.argv.slice(2));
