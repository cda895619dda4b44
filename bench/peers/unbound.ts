import { writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { findProgram, outputOf } from '../lib/process.ts';
import { type Peer, type Setting, versionIn } from './peer.ts';

const configuration = ({ place, upstream, directory, forceTcp }: Setting): string => `
server:
	interface: ${place.address}
	port: ${place.port}
	access-control: 127.0.0.0/8 allow
	do-daemonize: no
	use-syslog: no
	logfile: ""
	verbosity: 0
	chroot: ""
	username: ""
	directory: "${directory}"
	pidfile: ""
	num-threads: 1
	so-reuseport: yes
	so-rcvbuf: 4m
	so-sndbuf: 4m
	outgoing-range: 4096
	num-queries-per-thread: 2048
	msg-cache-size: 256m
	rrset-cache-size: 512m
	msg-cache-slabs: 1
	rrset-cache-slabs: 1
	infra-cache-slabs: 1
	key-cache-slabs: 1
	module-config: "iterator"
	qname-minimisation: no
	prefetch: no
	do-not-query-localhost: no
	tcp-upstream: ${forceTcp ? 'yes' : 'no'}
	outgoing-num-tcp: 256
remote-control:
	control-enable: no
forward-zone:
	name: "."
	forward-addr: ${upstream.address}@${upstream.port}
`;

export const unbound: Peer = {
	name: 'unbound',
	install: 'apt-get install unbound',
	canForceTcp: true,
	find: () => findProgram('unbound'),
	version: (program) => versionIn(outputOf(program, ['-V'])),
	command(program, setting) {
		const path = join(setting.directory, 'unbound.conf');
		writeFileSync(path, configuration(setting));
		return { program, args: ['-d', '-c', path] };
	},
};
