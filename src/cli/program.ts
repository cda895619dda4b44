import { Command } from 'commander';
import { checkCommand } from './check.ts';
import { addCompletion } from './completion.ts';
import { convertCommand } from './convert.ts';
import { doctorCommand } from './doctor.ts';
import { explainCommand } from './explain.ts';
import { flushCommand } from './flush.ts';
import { queryCommand } from './query.ts';
import { serveCommand } from './serve.ts';
import { statusCommand } from './status.ts';
import { topCommand } from './top.ts';
import { versionText } from './version.ts';

/** The commands, in the order of the help. */
function commands(): Command[] {
	return [
		serveCommand(),
		checkCommand(),
		explainCommand(),
		convertCommand(),
		doctorCommand(),
		queryCommand(),
		statusCommand(),
		flushCommand(),
		topCommand(),
	];
}

/** The whole command line. It throws what commander throws, and ends no process. */
export function program(): Command {
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
				'\nA flag of a command can be given in the environment too: --cache-size as PETREL_CACHE_SIZE.\n',
		);
	for (const command of commands()) petrel.addCommand(command);
	addCompletion(petrel);
	for (const command of [petrel, ...petrel.commands]) {
		command.exitOverride().configureOutput({
			outputError: (text, write) => write(text.replace(/^error: /, 'petrel: ')),
		});
		command.showHelpAfterError(`  petrel ${command === petrel ? '' : `${command.name()} `}--help says more.`);
	}
	return petrel;
}
