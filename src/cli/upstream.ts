import { Command } from 'commander';
import { labelHelp } from '../load/upstream/labels.ts';
import { type UpstreamCommandOptions, upstreamOptions } from './upstream-options.ts';
import { runUpstream } from './upstream-run.ts';

export function upstreamCommand(): Command {
	const command = new Command('upstream')
		.description(
			'Run a DNS server to test against: it answers any name, as labels in the name or rules say, and counts what it is asked.',
		)
		.argument('[rules]', 'a file of rules, one a line: NAME TYPE BEHAVIOUR…; - for standard input')
		.addHelpText(
			'after',
			'\nA name says by itself how it is answered: ttl30.www.example, nx.example, delay200ms.loss10.example. Every label is in' +
				'\n--labels, and all of it in docs/upstream.md.' +
				'\nSignals: SIGTERM and SIGINT end it with a summary on stdout (exit code 0), a second one at once; SIGUSR1 writes a report.\n' +
				'\nExamples:\n' +
				'  petrel upstream\n' +
				"  petrel upstream examples/upstream.rules --always 'delaylognormal5-40ms loss0.5' --report counts.json\n" +
				"  petrel upstream --listen 127.0.0.1:5301 --schedule 'up 9s, stall 1s' --duration 1m\n",
		)
		.action(upstream);
	for (const option of upstreamOptions()) command.addOption(option);
	return command;
}

async function upstream(rules: string | undefined, options: UpstreamCommandOptions): Promise<void> {
	if (options.labels) process.stdout.write(`${labelHelp()}\n`);
	else await runUpstream(rules, options);
}
