/**
 * One workload for the simulator and for a running server: a log in Zeek's format, of which `petrel load --trace` asks the
 * queries at their times and `petrel policies` reads the answers as well. The names say to `petrel upstream` how they are to be
 * answered, so that the log is right before anybody has answered.
 */
import { createSocket } from 'node:dgram';
import { once } from 'node:events';
import { writeFileSync } from 'node:fs';
import { encode } from 'dns-packet';
import { seededRandom } from '../../src/util/random.ts';
import { rcode, rrType } from '../../src/wire/iana.ts';
import { Zipf } from '../../src/workload/zipf.ts';
import type { Place } from './place.ts';

export interface Workload {
	readonly queries: number;
	readonly ratePerSec: number;
	readonly names: number;
	/** Of Zipf's law. */
	readonly exponent: number;
	/** Of answers and of denials. */
	readonly ttlSec: number;
	/** Of the names, those that do not exist. */
	readonly deniedShare: number;
	readonly seed: number;
}

interface Kind {
	readonly label: string;
	readonly rcode: number;
	readonly isDenial: boolean;
	/** Octets of a reply without those of the name as it is written. */
	readonly fixedBytes: number;
}

const fields = [
	'ts',
	'id.orig_h',
	'id.orig_p',
	'id.resp_p',
	'trans_id',
	'query',
	'qclass',
	'qtype',
	'rcode',
	'TTLs',
	'reply_bytes',
	'denial_ttl',
];

/** Writes the log, in which replies are as large as those of the upstream. */
export async function writeWorkload(path: string, workload: Workload, upstream: Place): Promise<void> {
	const { queries, ratePerSec, names, exponent, ttlSec, deniedShare, seed } = workload;
	const labels = [`ttl${ttlSec}`, `nx.soattl${ttlSec}.soamin${ttlSec}`];
	const kinds = await Promise.all(labels.map((label, i) => kindOf(label, i === 1, upstream)));
	const zipf = new Zipf(names, exponent);
	const random = seededRandom(seed);
	const lines = ['#separator \\x09', `#fields\t${fields.join('\t')}`];
	for (let i = 0; i < queries; i++) {
		const name = zipf.draw(random);
		const kind = kinds[isDenied(name, deniedShare) ? 1 : 0];
		const text = `${kind.label}.n${name}.example`;
		const at = (i / ratePerSec).toFixed(6);
		const ttls = kind.isDenial ? `-` : `${ttlSec}.0`;
		const replyBytes = kind.fixedBytes + text.length;
		const denialTtl = kind.isDenial ? ttlSec : '-';
		lines.push(
			[
				at,
				'127.0.0.1',
				1024 + (i % 60_000),
				53,
				i & 0xffff,
				text,
				1,
				rrType.A,
				kind.rcode,
				ttls,
				replyBytes,
				denialTtl,
			].join('\t'),
		);
	}
	writeFileSync(path, `${lines.join('\n')}\n`);
}

/** Evenly over popularity. */
function isDenied(name: number, share: number): boolean {
	return Math.floor((name + 1) * share) > Math.floor(name * share);
}

/** Asks the upstream for one such name. */
async function kindOf(label: string, isDenial: boolean, { address, port }: Place): Promise<Kind> {
	const name = `${label}.n.example`;
	const socket = createSocket('udp4');
	try {
		const query = encode({ type: 'query', id: 1, questions: [{ name, type: 'A' }] });
		socket.send(query, port, address);
		const [reply] = (await once(socket, 'message')) as [Buffer];
		const wanted = isDenial ? rcode.NXDOMAIN : rcode.NOERROR;
		if ((reply[3] & 0xf) !== wanted)
			throw new Error(`the upstream answers ${name} with RCODE ${reply[3] & 0xf}`);
		return {
			label,
			isDenial,
			rcode: wanted,
			fixedBytes: reply.length - name.length,
		};
	} finally {
		socket.close();
	}
}
