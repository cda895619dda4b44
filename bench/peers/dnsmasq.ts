import { findProgram, outputOf } from '../lib/process.ts';
import { type Peer, versionIn } from './peer.ts';

/** Its cache holds 10,000 names at most (`--cache-size`); it forwards 150 queries at once if not told otherwise. */
export const dnsmasq: Peer = {
	name: 'dnsmasq',
	install: 'apt-get install dnsmasq-base',
	canForceTcp: false,
	namesMax: 10_000,
	find: () => findProgram('dnsmasq'),
	version: (program) => versionIn(outputOf(program, ['--version'])),
	command: (program, { place, upstream, directory }) => ({
		program,
		args: [
			'--keep-in-foreground',
			'--conf-file=/dev/null',
			`--pid-file=${directory}/pid`,
			'--log-facility=-',
			'--no-resolv',
			'--no-hosts',
			'--no-poll',
			`--port=${place.port}`,
			`--listen-address=${place.address}`,
			'--bind-interfaces',
			`--server=${upstream.address}#${upstream.port}`,
			'--cache-size=10000',
			'--dns-forward-max=10000',
			...(process.getuid?.() === 0 ? ['--user=root', '--group='] : []),
		],
	}),
};
