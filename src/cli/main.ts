import { Command } from 'commander';
import { checkCommand } from './check.ts';
import { exitCode, reportError } from './exit.ts';
import { queryCommand } from './query.ts';
import { serveCommand } from './serve.ts';
import { versionText } from './version.ts';

function program(): Command {
	const petrel = new Command('petrel')
		.description(
			'A DNS cache: one cache shared by all workers, forwarding by zone, configured by a Corefile.',
		)
		.version(versionText(), '-V, --version', 'print the version, Node.js, platform and transport')
		.helpOption('-h, --help', 'print this help')
		.helpCommand('help [command]', 'print the help of a command')
		.showSuggestionAfterError()
		.addHelpText(
			'after',
			'\nExamples:\n' +
				'  petrel serve --upstream 1.1.1.1        cache for 127.0.0.1:1053, no file needed\n' +
				'  petrel check Corefile                  what is wrong with a configuration, and where\n' +
				'  petrel query www.demo A @127.0.0.1:1053\n' +
				'\nEvery flag of a command can be given in the environment too: --cache-size as PETREL_CACHE_SIZE.\n',
		);
	for (const command of [serveCommand(), checkCommand(), queryCommand()]) petrel.addCommand(command);
	for (const command of [petrel, ...petrel.commands]) {
		command.exitOverride().configureOutput({
			outputError: (text, write) => write(text.replace(/^error: /, 'petrel: ')),
		});
		command.showHelpAfterError(`  petrel ${command === petrel ? '' : `${command.name()} `}--help says more.`);
	}
	return petrel;
}

/** Runs the command line and returns the exit code. Results go to stdout, everything else to stderr. */
export async function main(argv: readonly string[]): Promise<number> {
	try {
		await program().parseAsync([...argv], { from: 'user' });
		return Number(process.exitCode ?? exitCode.ok);
	} catch (thrown) {
		return reportError(thrown, (text) => process.stderr.write(text));
	}
}

process.exitCode = await main(process.argv.slice(2));
