import { writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { outputOf } from '../lib/process.ts';
import { type Peer, type Setting, versionIn } from './peer.ts';

/** Two blocks and the directives of its stock Corefile that count here; it is built without `header`. */
function corefile({ place, upstream, forceTcp }: Setting): string {
	const block = (zone: string): string => `${zone}:${place.port} {
	bind ${place.address}
	errors
	cache {
		success 1200000 3600
		denial 10000 5
	}
	forward . ${upstream.address}:${upstream.port} {
		${forceTcp ? 'force_tcp' : 'prefer_udp'}
	}
}
`;
	return block('example') + block('.');
}

/**
 * NodeLocal DNSCache. Nobody installs it as a program, so it takes part only if one is named.
 *
 * @param named the program
 */
export function nodeCache(named?: string): Peer {
	return {
		name: 'node-cache',
		install:
			'--node-cache PATH, the program /node-cache of the image k8s-dns-node-cache of the Kubernetes project',
		canForceTcp: true,
		find: () => named,
		version: (program) => versionIn(outputOf(program, ['-version'])),
		command(program, setting) {
			// It copies the base file over the other and runs on that.
			const [base, path] = [join(setting.directory, 'Corefile.base'), join(setting.directory, 'Corefile')];
			writeFileSync(base, corefile(setting));
			writeFileSync(path, corefile(setting));
			const switches = ['-setupinterface=false', '-setupiptables=false', '-skipteardown=true'];
			const files = ['-basecorefile', base, '-conf', path];
			const args = ['-localip', setting.place.address, ...files, ...switches];
			return { program, args, env: { GOMAXPROCS: String(setting.workers) } };
		},
	};
}
