import { Command } from 'commander';
import { versionText } from './version.ts';

/**
 * The commands, in the order of the help, and how each is loaded: `serve` is not to carry what `convert` needs for as
 * long as the server lives.
 */
const loaders: Readonly<Record<string, () => Promise<Command>>> = {
	serve: async () => (await import('./serve.ts')).serveCommand(),
	check: async () => (await import('./check.ts')).checkCommand(),
	explain: async () => (await import('./explain.ts')).explainCommand(),
	convert: async () => (await import('./convert.ts')).convertCommand(),
	doctor: async () => (await import('./doctor.ts')).doctorCommand(),
	query: async () => (await import('./query.ts')).queryCommand(),
	upstream: async () => (await import('./upstream.ts')).upstreamCommand(),
	load: async () => (await import('./load.ts')).loadCommand(),
	policies: async () => (await import('./policies.ts')).policiesCommand(),
	status: async () => (await import('./status.ts')).statusCommand(),
	flush: async () => (await import('./flush.ts')).flushCommand(),
	top: async () => (await import('./top.ts')).topCommand(),
	record: async () => (await import('./record.ts')).recordCommand(),
};

/**
 * The command line. It throws what commander throws, and ends no process.
 *
 * @param first its first word: when that is a command, only this one is there, else all are
 */
export async function loadProgram(first?: string): Promise<Command> {
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
	if (first !== undefined && Object.hasOwn(loaders, first)) petrel.addCommand(await loaders[first]());
	else await addAll(petrel);
	for (const command of [petrel, ...petrel.commands]) {
		command.exitOverride().configureOutput({
			outputError: (text, write) => write(text.replace(/^error: /, 'petrel: ')),
		});
		command.showHelpAfterError(`  petrel ${command === petrel ? '' : `${command.name()} `}--help says more.`);
	}
	return petrel;
}

async function addAll(petrel: Command): Promise<void> {
	for (const load of Object.values(loaders)) petrel.addCommand(await load());
	const { addCompletion } = await import('./completion.ts');
	addCompletion(petrel);
}
