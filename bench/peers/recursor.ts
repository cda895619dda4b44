import { findProgram, outputOf } from '../lib/process.ts';
import { type Peer, versionIn } from './peer.ts';

/** Of PowerDNS. The thread that takes a query answers it (`pdns-distributes-queries=no`). */
export const recursor: Peer = {
	name: 'recursor',
	install: 'apt-get install pdns-recursor',
	canForceTcp: false,
	find: () => findProgram('pdns_recursor'),
	version: (program) => versionIn(outputOf(program, ['--version']).replace(/^.*Recursor/s, '')),
	command: (program, { place, upstream, directory }) => ({
		program,
		args: [
			`--config-dir=${directory}`,
			`--socket-dir=${directory}`,
			'--daemon=no',
			'--write-pid=no',
			'--disable-syslog=yes',
			'--quiet=yes',
			'--loglevel=2',
			`--local-address=${place.address}`,
			`--local-port=${place.port}`,
			'--threads=1',
			'--pdns-distributes-queries=no',
			'--reuseport=yes',
			`--forward-zones-recurse=.=${upstream.address}:${upstream.port}`,
			'--dont-query=',
			'--dnssec=off',
			'--max-mthreads=4096',
			'--max-cache-entries=2000000',
			'--max-packetcache-entries=1200000',
			'--packetcache-ttl=86400',
			'--refresh-on-ttl-perc=0',
			'--security-poll-suffix=',
			'--hint-file=no',
		],
	}),
};
