import { existsSync } from 'node:fs';
import { modelFromFlags } from '../config/from-flags.ts';
import { type LoadResult, loadCorefile } from '../config/load.ts';
import type { Finding, Model } from '../config/model.ts';
import { createLog, type Log, type LogFormat } from '../server/log.ts';
import { PetrelError } from '../util/errors.ts';
import { refuseOtherPrograms } from './corefile-input.ts';
import { findingsText } from './findings.ts';

const defaultFile = 'Corefile';
const dnsPort = 53;
/** Without a file petrel is being tried: an address that needs no privilege and disturbs nobody. */
const defaultAddress = '127.0.0.1';
const defaultPort = 1053;

/** The flags that say where the configuration comes from. */
interface Sources {
	readonly upstream: readonly string[];
	readonly port?: number;
}

interface Configuration {
	/** Reads it, the first time and at every reload. */
	readonly load: () => LoadResult;
	readonly fromFile: boolean;
	/** What to call it. */
	readonly what: string;
}

/** Where the configuration comes from: a file, or flags alone. */
export function configurationOf(corefile: string | undefined, options: Sources): Configuration {
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
		return { load: () => modelFromFlags(flags), fromFile: false, what: 'what the flags say' };
	}
	const path = corefile ?? defaultFile;
	if (corefile === undefined && !existsSync(path)) {
		throw new PetrelError(
			'PETREL_CONFIG',
			'nothing says where to forward: there is no ./Corefile here. Name a file (petrel serve FILE), ' +
				'or an upstream (petrel serve --upstream 1.1.1.1)',
		);
	}
	refuseOtherPrograms(path);
	const portOfKeys = options.port ?? dnsPort;
	const load = (): LoadResult => loadCorefile({ path, env: process.env, defaultPort: portOfKeys });
	return { load, fromFile: true, what: path };
}

/** Writes what was found to stderr, in the log's format; a configuration with errors is not run. */
export function usable(loaded: LoadResult, what: string, format: LogFormat): Model {
	const { model, errors, warnings } = loaded;
	if (format === 'json') logFindings(createLog(format), errors, warnings);
	else process.stderr.write(findingsText(loaded, process.stderr));
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
