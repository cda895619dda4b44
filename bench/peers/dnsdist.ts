import { writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { findProgram, outputOf } from '../lib/process.ts';
import { type Peer, type Setting, versionIn } from './peer.ts';

/**
 * One listener, a packet cache of one shard for its one thread, several sockets to the upstream: as its manual advises for
 * load (https://dnsdist.org/advanced/tuning.html).
 *
 * @param batch datagrams that it receives at once; 1 if nobody asks for more
 */
const configuration = ({ place, upstream, forceTcp }: Setting, batch: number): string => `
setLocal("${place.address}:${place.port}", { reusePort = true })
setUDPMultipleMessagesVectorSize(${batch})
setMaxUDPOutstanding(65535)
setSecurityPollSuffix("")
setVerboseHealthChecks(false)
newServer({ address = "${upstream.address}:${upstream.port}", sockets = 8, tcpOnly = ${forceTcp} })
getPool(""):setCache(newPacketCache(1200000, { maxTTL = 86400, numberOfShards = 1 }))
`;

function withBatch(name: string, batch: number): Peer {
	return {
		name,
		install: 'apt-get install dnsdist',
		canForceTcp: true,
		find: () => findProgram('dnsdist'),
		version: (program) => versionIn(outputOf(program, ['--version'])),
		command(program, setting) {
			const path = join(setting.directory, 'dnsdist.conf');
			writeFileSync(path, configuration(setting, batch));
			return { program, args: ['--supervised', '--disable-syslog', '-C', path] };
		},
	};
}

export const dnsdist = withBatch('dnsdist', 1);

/** With a switch that is off by default: it receives and sends many datagrams by one system call, as petrel does. */
export const dnsdistBatch = withBatch('dnsdist-batch', 64);
