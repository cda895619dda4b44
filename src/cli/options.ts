/** Options that several commands have. */
import { Option } from 'commander';
import { parsePort, portVariable } from './values.ts';

/** `--format`: text by default. */
export function formatOption(text: string, more: readonly string[] = []): Option {
	return new Option('--format <format>', text)
		.choices(['text', 'json', ...more])
		.default('text')
		.env('PETREL_FORMAT');
}

/** `--port` of the commands that read a Corefile and open no socket. */
export function keyPortOption(): Option {
	return new Option('--port <port>', 'the port of keys that name none')
		.argParser(parsePort)
		.default(53)
		.env(portVariable);
}
