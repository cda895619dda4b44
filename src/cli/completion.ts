/**
 * Completion in shells. `petrel completion SHELL` prints a script, which asks `petrel complete -- WORDS` for candidates;
 * both are @bomb.sh/tab's, built from the commands as commander has them. Where a file is wanted the shell completes it.
 */
import { type RootCommand, ShellCompDirective } from '@bomb.sh/tab';
import tabCommander from '@bomb.sh/tab/commander';
import type { Command } from 'commander';

/** Arguments that are files, as the commands name them. */
const fileArguments: ReadonlySet<string> = new Set(['corefile', 'file']);

const description = 'Print a script that completes petrel in a shell.';

let isFileWanted = false;

/** Adds the two commands. Called when all others are there. */
export function addCompletion(petrel: Command): void {
	const root = tabCommander(petrel, { completionCommandName: 'completion' });
	const told = root.commands.get('completion');
	if (told) told.description = description;
	for (const command of root.commands.values()) {
		for (const argument of command.arguments.values()) {
			if (!fileArguments.has(argument.name)) continue;
			argument.handler = () => {
				isFileWanted = true;
			};
		}
	}
	petrel.commands
		.find((command) => command.name() === 'completion')
		?.description(description)
		.action((shell: string) => {
			process.stdout.write(script(root, shell));
		})
		.addHelpText(
			'after',
			'\nThe script asks `petrel` on the PATH. In bash it needs the package bash-completion.\n' +
				'\nExamples:\n' +
				'  petrel completion bash > ~/.local/share/bash-completion/completions/petrel\n' +
				'  petrel completion zsh > ~/.zfunc/_petrel                           a directory of $fpath\n' +
				'  petrel completion fish > ~/.config/fish/completions/petrel.fish\n',
		);
	petrel.commands
		.find((command) => command.name() === 'complete')
		?.action((words: readonly string[]) => {
			process.stdout.write(candidates(root, words));
		});
}

function script(root: RootCommand, shell: string): string {
	const text = printed(() => root.setup('petrel', 'petrel', shell)).join('\n');
	if (shell !== 'bash') return `${text}\n`;
	// As it stands it can be read only once in a shell, and never completes files.
	return `${text.replace(/^readonly /gm, '').replace(/^complete -F /m, 'complete -o default -F ')}\n`;
}

/** What the script of a shell reads: a candidate a line, with a tab before its description, then a number. */
function candidates(root: RootCommand, words: readonly string[]): string {
	isFileWanted = false;
	const lines = printed(() => root.parse([...words]));
	// The last line tells the shell whether to offer files too.
	if (isFileWanted) lines[lines.length - 1] = `:${ShellCompDirective.ShellCompDirectiveDefault}`;
	return lines.map((line) => `${line}\n`).join('');
}

/** What a function of the package writes, which knows no other place than the console. */
function printed(run: () => void): string[] {
	const lines: string[] = [];
	const { log } = console;
	console.log = (line: string) => {
		lines.push(line);
	};
	try {
		run();
	} finally {
		console.log = log;
	}
	return lines;
}
