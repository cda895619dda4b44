import { existsSync } from 'node:fs';

/**
 * The directory of petrel's package.json, with a slash at its end: above this file, in a checkout as in the published
 * package, whose files lie elsewhere.
 */
export function packageRoot(): URL {
	let directory = new URL('./', import.meta.url);
	while (!existsSync(new URL('package.json', directory)) && directory.pathname !== '/') {
		directory = new URL('../', directory);
	}
	return directory;
}
