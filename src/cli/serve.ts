import { existsSync } from 'node:fs';
import { Command, Option } from 'commander';
import { modelFromFlags } from '../config/from-flags.ts';
import { type LoadResult, loadCorefile } from '../config/load.ts';
import type { Finding, Model } from '../config/model.ts';
import { type Steering, steerings, type TransportName, transportNames } from '../net/transport.ts';
import { runUntilSignal } from '../server/lifecycle.ts';
import type { ListenAddress } from '../server/listen-plan.ts';
import { createLog, type Log, type LogFormat } from '../server/log.ts';
import { Server } from '../server/supervisor.ts';
import { PetrelError } from '../util/errors.ts';
import { findingsText } from './findings.ts';
import { collect, parseCacheSize, parseListen, parsePort, parseWorkers, portVariable } from './values.ts';
import { packageVersion } from './version.ts';

const defaultFile = 'Corefile';
const dnsPort = 53;
/** Without a file petrel is being tried: an address that needs no privilege and disturbs nobody. */
const defaultAddress = '127.0.0.1';
const defaultPort = 1053;
const defaultSteering: Steering = 'flow';

interface ServeOptions {
	readonly workers?: number;
	readonly cacheSize: number;
	readonly listen: readonly ListenAddress[];
	readonly upstream: readonly string[];
	readonly port?: number;
	readonly transport: TransportName | 'auto';
	readonly steer: Steering;
	readonly trains: 'on' | 'off';
	readonly logFormat: LogFormat;
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
			new Option('--cache-size <size>', 'memory for all cached answers together')
				.argParser(parseCacheSize)
				.default(parseCacheSize('32MiB'), '32MiB')
				.env('PETREL_CACHE_SIZE'),
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
			new Option('--log-format <format>', 'how to write the log on stderr')
				.choices(['coredns', 'json'])
				.default('coredns')
				.env('PETREL_LOG_FORMAT'),
		)
		.addHelpText(
			'after',
			'\nSignals: SIGTERM and SIGINT end in good order (exit code 0); SIGUSR2 writes the counters to stdout.\n' +
				'\nExamples:\n' +
				'  petrel serve examples/Corefile\n' +
				'  petrel serve --upstream 1.1.1.1 --listen 127.0.0.1:5300\n' +
				'  PETREL_CACHE_SIZE=128MiB petrel serve /etc/coredns/Corefile --workers 2\n',
		)
		.action(serve);
	for (const option of transportOptions()) command.addOption(option);
	return command;
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
	const model = loadModel(corefile, options);
	const log = createLog(options.logFormat);
	const server = new Server({
		model,
		workers: options.workers,
		cacheBytes: options.cacheSize,
		listen: options.listen,
		transport: options.transport,
		steering: options.steer,
		trains: options.trains === 'on',
		log,
		version: packageVersion(),
	});
	// Signals are heard from here on: one that comes with the ready line ends the server in good order too.
	const ended = runUntilSignal(server, log);
	await server.start();
	await ended;
}

function loadModel(corefile: string | undefined, options: ServeOptions): Model {
	const upstreams = options.upstream;
	if (upstreams.length > 0 && corefile !== undefined) {
		throw new PetrelError(
			'PETREL_CONFIG',
			`both a file (${corefile}) and --upstream (${upstreams.join(', ')}) say where to forward: leave one of them out`,
		);
	}
	if (upstreams.length > 0) {
		const port = options.port ?? defaultPort;
		const flags = { upstreams, port, listen: defaultAddress };
		return usable(modelFromFlags(flags), 'what the flags say', options.logFormat);
	}
	const path = corefile ?? defaultFile;
	if (corefile === undefined && !existsSync(path)) {
		throw new PetrelError(
			'PETREL_CONFIG',
			'nothing says where to forward: there is no ./Corefile here. Name a file (petrel serve FILE), ' +
				'or an upstream (petrel serve --upstream 1.1.1.1)',
		);
	}
	return usable(
		loadCorefile({ path, env: process.env, defaultPort: options.port ?? dnsPort }),
		path,
		options.logFormat,
	);
}

/** Writes what was found to stderr, in the log's format; a configuration with errors is not run. */
function usable(loaded: LoadResult, what: string, format: LogFormat): Model {
	const { model, errors, warnings } = loaded;
	if (format === 'json') logFindings(createLog(format), errors, warnings);
	else process.stderr.write(findingsText(loaded));
	if (model && errors.length === 0) return model;
	const count = errors.length === 1 ? '1 error' : `${errors.length} errors`;
	throw new PetrelError('PETREL_CONFIG', `${what} cannot be used: ${count}, see above`);
}

function logFindings(log: Log, errors: readonly Finding[], warnings: readonly Finding[]): void {
	const fieldsOf = ({ at, hint }: Finding): Record<string, string | number> => ({
		...at,
		...(hint ? { hint } : {}),
	});
	for (const error of errors) log.error(error.message, fieldsOf(error));
	for (const warning of warnings) log.warn(warning.message, fieldsOf(warning));
}
