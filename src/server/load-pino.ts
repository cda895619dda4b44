import { createRequire } from 'node:module';

/** The JSON logger, when a JSON log is asked for: a server that writes CoreDNS's lines does without it in memory. */
export function loadPino(): typeof import('pino') {
	return createRequire(import.meta.url)('pino');
}
