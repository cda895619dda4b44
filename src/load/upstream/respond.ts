import { type Random, randomBelow } from '../../util/random.ts';
import { flag, headerBytes, writeUint16 } from '../../wire/header.ts';
import { rcode, rrClass, rrType } from '../../wire/iana.ts';
import { type Answer, type Delivery, silence } from './answer.ts';
import type { Behaviour } from './behaviour.ts';
import { happens } from './chance.ts';
import { composeMessage, maxMessageBytes } from './compose.ts';
import { type Content, emptyContent, makeContent } from './content.ts';
import { sampleDelayMs } from './delay.ts';
import type { SeenQuery } from './query.ts';
import type { Quotas } from './quotas.ts';
import { prefixed, under } from './zone.ts';

/** How one query is to be answered. */
export interface AnswerRequest {
	readonly query: SeenQuery;
	readonly behaviour: Readonly<Behaviour>;
	/** The first labels of the query's name, as far as they were understood as behaviours. */
	readonly labels: readonly string[];
	readonly zone: Uint8Array;
	/** Content that a rule gives; undefined: the behaviour makes it. */
	readonly content: Content | undefined;
	/** Octets that a rule gives in place of a message. */
	readonly raw: Uint8Array | undefined;
}

/** What it advertises in its OPT (RFC 9715 §3.1). */
export const advertisedPayloadBytes = 1232;
/** Between two deliveries of one answer: enough to arrive in order, too little to be waited for. */
const betweenDeliveriesMs = 3;
/** The largest UDP payload over IPv4. */
const maxDatagramBytes = 65_507;
const maxGarbageBytes = 200;
const badVersion = 1;

/** How many octets a reply over UDP may have to a query with this payload size (RFC 6891 §6.2.3). */
export function udpReplyLimit(payloadBytes: number): number {
	return Math.min(Math.max(512, payloadBytes), maxDatagramBytes);
}

function replyLimit(query: SeenQuery): number {
	if (query.transport === 'tcp') return maxMessageBytes;
	return Math.min(udpReplyLimit(query.edns?.udpPayloadBytes ?? 0), query.datagramBytesMax);
}

/** Whether a query gets no answer because the behaviour loses some. */
export function isLost(behaviour: Readonly<Behaviour>, random: Random, quotas: Quotas): boolean {
	if (happens(behaviour.lossPercent, random)) return true;
	return behaviour.loseEvery > 0 && quotas.loses(behaviour.loseEvery);
}

/** The other question of a wrong answer: another name, type or class. */
function otherQuestion(request: AnswerRequest) {
	const { query, behaviour, zone } = request;
	const asked = { name: query.qname, type: query.type, class: query.class };
	switch (behaviour.fault) {
		case 'wrong-question':
			return { ...asked, name: prefixed(['other'], query.lowerQname) ?? under('other', zone) };
		case 'wrong-type':
			return { ...asked, type: query.type === rrType.TXT ? rrType.A : rrType.TXT };
		case 'wrong-class':
			return { ...asked, class: rrClass.CH };
		default:
			return asked;
	}
}

/** The content that fits the query's EDNS and CD, before the behaviour has its say. */
function overridingContent(request: AnswerRequest): Content | undefined {
	const { query, behaviour } = request;
	if (behaviour.noEdns && query.edns) return emptyContent(rcode.FORMERR);
	// RFC 6891 §6.1.3: no version but 0 is known here.
	if (query.edns && query.edns.version >= badVersion) return emptyContent(rcode.BADVERS);
	if (behaviour.bogus && !query.cd) return emptyContent(rcode.SERVFAIL);
	return undefined;
}

function isError(code: number): boolean {
	return code !== rcode.NOERROR && code !== rcode.NXDOMAIN;
}

/** The octets of the answer. @param poisoned with data that is never right, for an answer that must not be believed */
function composeAnswer(request: AnswerRequest, id: number, poisoned: boolean): Uint8Array {
	const { query, behaviour, zone } = request;
	const question = otherQuestion(request);
	const wrongName = behaviour.fault === 'wrong-question';
	const content =
		overridingContent(request) ??
		(poisoned ? undefined : request.content) ??
		makeContent({
			query,
			behaviour,
			labels: wrongName ? [] : request.labels,
			name: wrongName ? question.name : query.lowerQname,
			type: question.type,
			zone,
			poisoned,
		});
	let flags: number = flag.qr | (query.flags & (flag.rd | flag.cd));
	if (behaviour.aa && !isError(content.rcode)) flags |= flag.aa;
	if (behaviour.ra) flags |= flag.ra;
	if (behaviour.ad) flags |= flag.ad;
	const hasOpt = query.edns !== undefined && !behaviour.noEdns;
	return composeMessage(
		{
			id,
			flags,
			rcode: content.rcode,
			truncated: behaviour.truncated && query.transport === 'udp',
			question,
			answer: content.answer,
			authority: content.authority,
			additional: content.additional,
			opt: hasOpt ? { udpPayloadBytes: advertisedPayloadBytes, dnssecOk: query.edns!.dnssecOk } : undefined,
			damage: behaviour.damage,
		},
		replyLimit(query),
	);
}

function garbage(id: number, random: Random): Uint8Array {
	const octets = new Uint8Array(headerBytes + randomBelow(random, maxGarbageBytes));
	for (let i = 0; i < octets.length; i++) octets[i] = random.nextUint32();
	writeUint16(octets, 0, id);
	return octets;
}

/** All that is sent for one query, in order, without times. */
function parcels(request: AnswerRequest, random: Random): Uint8Array[] {
	const { query, behaviour } = request;
	const id = query.id;
	if (request.raw) return [request.raw];
	switch (behaviour.fault) {
		case 'silent':
			return [];
		case 'garbage':
			return [garbage(id, random)];
		case 'wrong-id-first':
		case 'wrong-id': {
			const wrongId = (id + 1 + randomBelow(random, 0xffff)) & 0xffff;
			const wrong = composeAnswer(request, wrongId, true);
			return behaviour.fault === 'wrong-id' ? [wrong] : [wrong, composeAnswer(request, id, false)];
		}
		case 'short-first': {
			const whole = composeAnswer(request, id, false);
			return [whole.slice(0, 1), whole.slice(0, headerBytes), whole];
		}
		default:
			return [composeAnswer(request, id, false)];
	}
}

/** The same request, to be refused because too many came. */
function refused(request: AnswerRequest): AnswerRequest {
	const behaviour: Behaviour = {
		...request.behaviour,
		outcome: 'error',
		rcode: rcode.REFUSED,
		fault: request.behaviour.fault === 'silent' ? 'silent' : 'none',
		damage: 'none',
	};
	return { ...request, behaviour, content: undefined, raw: undefined };
}

/** Answers a query. Draws from `random` only for behaviours with chance in them, so that others do not disturb it. */
export function respond(request: AnswerRequest, random: Random, quotas: Quotas): Answer {
	const { query, behaviour } = request;
	if (isLost(behaviour, random, quotas)) return silence;
	const isOver = behaviour.limitPerSec > 0 && quotas.isOver(behaviour.limitPerSec, query.atMs);
	const sent = parcels(isOver ? refused(request) : request, random);
	if (behaviour.twice && sent.length > 0) sent.push(sent[sent.length - 1].slice());
	const delayMs = behaviour.delay ? sampleDelayMs(behaviour.delay, random) : 0;
	const deliveries: Delivery[] = sent.map((octets, i) => ({
		afterMs: delayMs + i * betweenDeliveriesMs,
		octets,
	}));
	const closeAfterQueries = behaviour.closeAfterQueries;
	const closes =
		query.transport === 'tcp' && closeAfterQueries > 0 && query.queryOfConnection >= closeAfterQueries;
	return closes ? { deliveries, closeAfter: true } : { deliveries };
}
