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

/** Whoever read stdout has seen enough, as `| head` has: nothing is wrong. Not where a server logs its queries there. */
if (process.argv[2] !== 'serve') {
	process.stdout.on('error', (error: NodeJS.ErrnoException) => {
		if (error.code === 'EPIPE') process.exit();
		throw error;
	});
}

process.exitCode = await main(process.argv.slice(2));
