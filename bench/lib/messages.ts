import { Answer } from '../../src/cache/answer.ts';
import { AnswerMaker } from '../../src/cache/cacheability.ts';
import { CacheKey } from '../../src/cache/key.ts';
import { flag } from '../../src/wire/header.ts';
import { rcode, rrClass, rrType } from '../../src/wire/iana.ts';
import { nameToWire } from '../../src/wire/presentation.ts';
import { parseResponse, ResponseView } from '../../src/wire/response.ts';
import {
	appendHeader,
	appendQuestion,
	appendRecord,
	patchCounts,
	qnamePointer,
} from '../../src/wire/writer.ts';

/**
 * What a cache of a cluster's node holds: names of 37 octets and the answers that real messages leave behind, made by
 * petrel's own parser. Which name has which kind of answer follows from its number.
 */
export interface Workload {
	readonly name: string;
	/** The number of a name modulo 20 picks its answer. */
	readonly kinds: readonly AnswerKind[];
}

type AnswerKind = 'address' | 'address6' | 'alias' | 'denial';

const qnameTemplate = nameToWire('n0000000000000.service.cluster.test.');
export const qnameBytes = qnameTemplate.length;
const lastDigitAt = 14;

function twenty(addresses: number, addresses6: number, aliases: number, denials: number): AnswerKind[] {
	const kind = (name: AnswerKind, count: number): AnswerKind[] => new Array(count).fill(name);
	return [
		...kind('address', addresses),
		...kind('address6', addresses6),
		...kind('alias', aliases),
		...kind('denial', denials),
	];
}

export const workloads: readonly Workload[] = [
	{ name: 'one A record', kinds: twenty(20, 0, 0, 0) },
	{ name: 'mix', kinds: twenty(10, 4, 3, 3) },
];

const typeOf: Readonly<Record<AnswerKind, number>> = {
	address: rrType.A,
	address6: rrType.AAAA,
	alias: rrType.A,
	denial: rrType.A,
};

/** An upstream's response: an address, an IPv6 address, a CNAME with its address, or NXDOMAIN with its SOA. */
function response(kind: AnswerKind): Uint8Array {
	const octets = new Uint8Array(1232);
	const end = octets.length;
	const denied = kind === 'denial';
	let at = appendHeader(
		octets,
		0,
		end,
		0,
		flag.qr | flag.rd | flag.ra | (denied ? rcode.NXDOMAIN : rcode.NOERROR),
	);
	at = appendQuestion(octets, at, end, qnameTemplate, typeOf[kind], rrClass.IN);
	const target = nameToWire('lb.service.cluster.test.');
	if (kind === 'alias') {
		at = appendRecord(octets, at, end, qnamePointer, rrType.CNAME, rrClass.IN, 300, target);
		at = appendRecord(octets, at, end, target, rrType.A, rrClass.IN, 300, Uint8Array.of(192, 0, 2, 1));
	} else if (denied) {
		const soa = [
			nameToWire('ns.cluster.test.'),
			nameToWire('hostmaster.cluster.test.'),
			new Uint8Array(20).fill(1),
		];
		at = appendRecord(
			octets,
			at,
			end,
			nameToWire('cluster.test.'),
			rrType.SOA,
			rrClass.IN,
			300,
			Buffer.concat(soa),
		);
	} else {
		const address = new Uint8Array(kind === 'address' ? 4 : 16).fill(9);
		at = appendRecord(octets, at, end, qnamePointer, typeOf[kind], rrClass.IN, 300, address);
	}
	patchCounts(octets, 0, 1, denied ? 0 : kind === 'alias' ? 2 : 1, denied ? 1 : 0, 0);
	return octets.slice(0, at);
}

const dayBounds = {
	successMinSec: 86_400,
	successMaxSec: 86_400,
	denialMinSec: 86_400,
	denialMaxSec: 86_400,
};

/** Keys and answers of a workload, by number. The key is one object, filled anew by each call. */
export class Names {
	readonly #workload: Workload;
	readonly #answers = new Map<AnswerKind, Answer>();
	readonly #key: CacheKey;

	constructor(workload: Workload, secret: readonly [number, number]) {
		this.#workload = workload;
		this.#key = new CacheKey(secret);
		this.#key.qname.set(qnameTemplate);
		for (const kind of new Set(workload.kinds)) this.#answers.set(kind, this.#answerFrom(kind));
	}

	#answerFrom(kind: AnswerKind): Answer {
		const octets = response(kind);
		const view = new ResponseView();
		const answer = new Answer();
		if (!parseResponse(view, octets, 0, octets.length, qnameBytes + 4))
			throw new Error(`${kind} does not parse`);
		const shape = { bounds: dayBounds, minimal: false, expandDenials: false, expandType: 0 };
		new AnswerMaker().make(view, this.#sealed(kind), shape, answer);
		if (answer.lifetimeTicks === 0) throw new Error(`${kind} is not stored`);
		return answer;
	}

	#kindOf(number: number): AnswerKind {
		return this.#workload.kinds[number % this.#workload.kinds.length];
	}

	#sealed(kind: AnswerKind): CacheKey {
		this.#key.seal(0, typeOf[kind], rrClass.IN, 0, qnameBytes);
		return this.#key;
	}

	/** @param number below 10 ** 8 */
	key(number: number): CacheKey {
		const { qname } = this.#key;
		const kind = this.#kindOf(number);
		for (let at = lastDigitAt; at > lastDigitAt - 8; at--) {
			qname[at] = 0x30 + (number % 10);
			number = Math.floor(number / 10);
		}
		return this.#sealed(kind);
	}

	answer(number: number): Answer {
		return this.#answers.get(this.#kindOf(number))!;
	}
}
