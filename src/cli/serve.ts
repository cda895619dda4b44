import { Command, Option } from 'commander';
import { defaultEvictionPolicy, evictionPolicies } from '../cache/policy/index.ts';
import { type Steering, steerings, type TransportName, transportNames } from '../net/transport.ts';
import { controlDefault } from '../server/control/control-path.ts';
import { stdoutIsStuck } from '../server/line-output.ts';
import type { ListenAddress } from '../server/listen-plan.ts';
import { createLog, type LogFormat } from '../server/log.ts';
import { runService } from '../server/service.ts';
import { exitCode } from './exit.ts';
import { configurationOf, usable } from './serve-configuration.ts';
import { collect, parseCacheSize, parseListen, parsePort, parseWorkers, portVariable } from './values.ts';
import { packageVersion } from './version.ts';

const defaultSteering: Steering = 'flow';

interface ServeOptions {
	readonly workers?: number;
	readonly cacheSize: number;
	readonly policy: string;
	readonly listen: readonly ListenAddress[];
	readonly upstream: readonly string[];
	readonly port?: number;
	readonly transport: TransportName | 'auto';
	readonly steer: Steering;
	readonly trains: 'on' | 'off';
	readonly logFormat: LogFormat;
	readonly pidfile?: string;
	readonly control: string;
}

export function serveCommand(): Command {
	const command = new Command('serve')
		.description('Run the DNS cache until SIGTERM or SIGINT.')
		.argument('[corefile]', 'the configuration; without it and without --upstream: ./Corefile')
		.addOption(
			new Option('--workers <count>', 'worker threads (default: one per CPU, at most 4)')
				.argParser(parseWorkers)
				.env('PETREL_WORKERS'),
		)
		.addOption(
			new Option(
				'--listen <addr:port>',
				"listen here, in place of the file's `bind` and ports; may be repeated",
			)
				.argParser(collect(parseListen))
				.default([], 'what the file says')
				.env('PETREL_LISTEN'),
		)
		.addOption(
			new Option('--upstream <addr>', 'forward everything to this server, without a file; may be repeated')
				.argParser(collect((text) => text))
				.default([], 'what the file says')
				.env('PETREL_UPSTREAM'),
		)
		.addOption(
			new Option('--port <port>', "the port where the file names none (53), or --upstream's (1053)")
				.argParser(parsePort)
				.env(portVariable),
		)
		.addOption(
			new Option('--log-format <format>', 'how to write the log: messages on stderr, queries on stdout')
				.choices(['coredns', 'json'])
				.default('coredns')
				.env('PETREL_LOG_FORMAT'),
		)
		.addOption(
			new Option(
				'--pidfile <path>',
				'write the process number there while the server runs; one that a dead process left is replaced',
			).env('PETREL_PIDFILE'),
		)
		.addOption(
			new Option('--control <path|off>', 'the Unix socket of petrel status, flush, top and record')
				.default(controlDefault, '/run/petrel/control.sock, or the next place that can be written')
				.env('PETREL_CONTROL'),
		)
		.addHelpText(
			'after',
			'\nSignals: SIGTERM and SIGINT end in good order (exit code 0), a second one at once; SIGHUP and SIGUSR1 read\n' +
				'the configuration again; SIGUSR2 writes the counters to stdout.\n' +
				'Workers, cache size and policy are set here, at the start: a reload does not change them.\n' +
				'\nExamples:\n' +
				'  petrel serve examples/Corefile\n' +
				'  petrel serve --upstream 1.1.1.1 --listen 127.0.0.1:5300\n' +
				'  PETREL_CACHE_SIZE=128MiB petrel serve /etc/coredns/Corefile --workers 2\n',
		)
		.action(serve);
	for (const option of [...cacheOptions(), ...transportOptions()]) command.addOption(option);
	return command;
}

function cacheOptions(): Option[] {
	return [
		new Option('--cache-size <size>', 'memory for all cached answers together')
			.argParser(parseCacheSize)
			.default(parseCacheSize('32MiB'), '32MiB')
			.env('PETREL_CACHE_SIZE'),
		new Option('--policy <name>', 'what a full cache gives up; docs/policies.md compares them')
			.choices(evictionPolicies.map(({ name }) => name))
			.default(defaultEvictionPolicy.name)
			.env('PETREL_POLICY'),
	];
}

/** How datagrams come and go. */
function transportOptions(): Option[] {
	return [
		new Option('--transport <name>', 'UDP by the native addon, by node:dgram, or by what is there')
			.choices(['auto', ...transportNames])
			.default('auto')
			.env('PETREL_TRANSPORT'),
		new Option('--steer <how>', 'how the kernel spreads datagrams over the workers (native transport only)')
			.choices([...steerings])
			.default(defaultSteering)
			.env('PETREL_STEER'),
		new Option(
			'--trains <on|off>',
			'give the kernel datagrams of one length to one address as one, which it splits late (native transport only)',
		)
			.choices(['on', 'off'])
			.default('on')
			.env('PETREL_TRAINS'),
	];
}

async function serve(corefile: string | undefined, options: ServeOptions): Promise<void> {
	const { load, fromFile, what } = configurationOf(corefile, options);
	const first = load();
	const log = createLog(options.logFormat);
	await runService({
		model: usable(first, what, options.logFormat),
		first,
		load: fromFile ? load : undefined,
		workers: options.workers,
		cacheBytes: options.cacheSize,
		evictionPolicy: options.policy,
		listen: options.listen,
		transport: options.transport,
		steering: options.steer,
		trains: options.trains === 'on',
		log,
		version: packageVersion(),
		pidFile: options.pidfile,
		control: options.control,
		env: process.env,
	});
	if (stdoutIsStuck()) process.exit(exitCode.ok);
}
