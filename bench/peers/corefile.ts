import type { Setting } from './peer.ts';

/**
 * The Corefile of petrel and CoreDNS, with what a user has on: two server blocks, header rules in both, errors logged. The
 * names of all scenarios but the misses' are below `example.`
 *
 * @param cache the `cache` directive, for capacities mean octets to the one and entries to the other
 * @param more directives for both blocks
 */
export function corefileFor({ place, upstream, forceTcp }: Setting, cache: string, more = ''): string {
	const forward = `forward . ${upstream.address}:${upstream.port}${forceTcp ? ' {\n\t\tforce_tcp\n\t}' : ''}`;
	const block = (zone: string, header: string): string =>
		`${zone}:${place.port} {\n\tbind ${place.address}\n\terrors\n\t${cache}\n\t${header}\n\t${forward}\n${more}}\n`;
	const rules = (...lines: string[]): string =>
		`header {\n${lines.map((line) => `\t\tresponse ${line}\n`).join('')}\t}`;
	return block('example', rules('set ra aa')) + block('.', rules('set ra', 'clear aa'));
}
