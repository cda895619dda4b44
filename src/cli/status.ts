import { Command } from 'commander';
import type { ServerStatus } from '../server/control/control-target.ts';
import { ControlClient, controlOption } from './control-client.ts';
import { formatOption } from './options.ts';
import { statusText } from './status-text.ts';

const columnsDefault = 80;

interface StatusOptions {
	readonly format: 'text' | 'json';
	readonly control?: string;
}

export function statusCommand(): Command {
	return new Command('status')
		.description('Show how a running petrel is: configuration, workers, cache, upstreams.')
		.addOption(formatOption('how to write it'))
		.addOption(controlOption())
		.addHelpText(
			'after',
			"\nIn a container of petrel's image: kubectl exec POD -- node bin/petrel.js status" +
				'\nExit code: 0, or 1 when no petrel answers.\n' +
				'\nExamples:\n' +
				'  petrel status\n' +
				'  petrel status --format json | jq .cache.hit_ratio\n' +
				'  petrel status --control /run/petrel/second.sock\n',
		)
		.action(status);
}

async function status({ format, control }: StatusOptions): Promise<void> {
	const client = new ControlClient(control);
	const now = await client.get<ServerStatus>('/status');
	const columns = process.stdout.columns ?? columnsDefault;
	process.stdout.write(format === 'json' ? `${JSON.stringify(now)}\n` : statusText(now, columns));
}
