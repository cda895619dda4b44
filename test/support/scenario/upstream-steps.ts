import { typeNumber } from '../../../src/wire/iana.ts';
import { noHeaderWords, takeHeaderWord } from './header-words.ts';
import { showMessage } from './message.ts';
import { typeOf } from './records.ts';
import { answerOf, mismatches } from './standing-answers.ts';
import type { Words } from './step-words.ts';
import type { Entry, Step } from './syntax.ts';
import type { UpstreamQuery } from './upstream-query.ts';
import type { World } from './world.ts';

/**
 * `CHECK_OUT_QUERY [NAME TYPE] [AT address] [SHARD n] [UDP|TCP] [header words]`, or with an entry: the oldest upstream
 * query that no step has looked at is this one.
 */
export function checkOutQuery(world: World, step: Step, words: Words): void {
	const header = step.entry?.header ?? noHeaderWords();
	const match: string[] = [];
	let address: string | undefined;
	let shard: number | undefined;
	let question: string | undefined;
	for (let word = words.take(); word !== undefined; word = words.take()) {
		if (word === 'AT') address = words.next('an address');
		else if (word === 'SHARD') shard = words.number('a shard');
		else if (word === 'UDP' || word === 'TCP') match.push(word);
		else if (takeHeaderWord(header, word)) continue;
		else question = `${word} ${words.next('a type')}`;
	}
	if (question) match.push('qname', 'qtype');
	if (!step.entry && header.flags) match.push('flags');
	if (!step.entry && header.edns === false) match.push('noedns');
	if (!step.entry && header.dnssecOk) match.push('DO');
	if (header.payloadBytes !== undefined) match.push(`payload=${header.payloadBytes}`);
	const entry: Entry = {
		line: step.line,
		adjust: [],
		header,
		questions:
			step.entry?.questions ?? (question === undefined ? undefined : [{ line: step.line, text: question }]),
		records: step.records,
		octets: undefined,
		match: [...match, ...(step.entry ? (step.entry.match ?? ['qname', 'qtype']) : [])],
	};
	const query = world.queries.find((each) => each.byHand && each.seenBy < 0);
	if (!query) throw new Error('no query went to an upstream');
	const found = mismatches(world.file, entry, query, []);
	if (address !== undefined && query.address !== address)
		found.push(`it went to ${query.address}, not ${address}`);
	if (shard !== undefined && query.shard !== shard) found.push(`shard ${query.shard} sent it, not ${shard}`);
	if (found.length > 0) throw new Error(`${found.join('; ')}\ngot\n${showMessage(query.message)}`);
	query.seenBy = step.number;
}

/** `REPLY [TO step] [WRONG_ID] [WRONG_SOCKET] [TWICE] [header words] [| record]…`, or with an entry. */
export function reply(world: World, step: Step, words: Words): void {
	const header = step.entry?.header ?? noHeaderWords();
	const adjust = [...(step.entry?.adjust ?? [])];
	let to: number | undefined;
	for (let word = words.take(); word !== undefined; word = words.take()) {
		if (word === 'TO') to = words.number('a step');
		else if (word === 'WRONG_ID' || word === 'WRONG_SOCKET' || word === 'TWICE')
			adjust.push(word.toLowerCase());
		else if (!takeHeaderWord(header, word)) throw new Error(`"${word}" is no part of a reply`);
	}
	const query = addressedQuery(world, step, to);
	const bare = {
		line: step.line,
		match: undefined,
		questions: undefined,
		records: step.records,
		octets: undefined,
	};
	const entry: Entry = { ...(step.entry ?? bare), header, adjust };
	const octets = answerOf(world.file, entry, query);
	const socket = adjust.includes('wrong_socket') ? query.socket + 1_000_000 : query.socket;
	world.deliver(query, octets, 0, socket);
	if (adjust.includes('twice')) world.deliver(query, octets, 0, socket);
}

/** `ERROR [TO step]`: the socket that the query left by is gone. */
export function loseQuery(world: World, step: Step, words: Words): void {
	let to: number | undefined;
	if (words.more) {
		words.expect('TO');
		to = words.number('a step');
	}
	world.lose(addressedQuery(world, step, to), 'connection reset');
}

/** The query that a CHECK_OUT_QUERY step looked at, or the oldest that the engine still waits for. */
function addressedQuery(world: World, step: Step, to: number | undefined): UpstreamQuery {
	const query =
		to === undefined
			? world.queries.find((each) => each.byHand && !each.settled)
			: world.queries.find((each) => each.seenBy === to);
	if (!query) {
		throw new Error(
			to === undefined ? 'no upstream query waits for a reply' : `step ${to} looked at no upstream query`,
		);
	}
	if (query.seenBy < 0) query.seenBy = step.number;
	return query;
}

/** `CHECK_OUT_COUNT NAME|* TYPE|* n [AT address] [UDP|TCP]`: so many queries went to upstreams since the start. */
export function checkOutCount(world: World, _step: Step, words: Words): void {
	const name = words.next('a name or *').toLowerCase();
	const type = words.next('a type or *');
	const expected = words.number('a count');
	let queries = world.queries.filter((query) => name === '*' || query.name === name);
	if (type !== '*')
		queries = queries.filter((query) => typeOf(query.message.questions[0]) === typeNumber(type));
	for (let word = words.take(); word !== undefined; word = words.take()) {
		const wanted = word === 'AT' ? words.next('an address') : word.toLowerCase();
		queries = queries.filter((query) => (word === 'AT' ? query.address : query.transport) === wanted);
	}
	for (const query of queries) query.counted = true;
	if (queries.length === expected) return;
	const all = world.queries.map(
		(query) => `  step ${query.step}: ${query.name} to ${query.address} by ${query.transport}`,
	);
	throw new Error(
		`${queries.length} queries went to upstreams, not ${expected}; all there were:\n${all.join('\n')}`,
	);
}

const actions = new Set(['QUERY', 'REPLY', 'ERROR', 'TIME_PASSES', 'KILL_SHARD', 'START_SHARD']);

export function isAction(event: string): boolean {
	return actions.has(event);
}

/** `NOTHING_OUT`: no query went to an upstream in the last step in which something happened. */
export function nothingOut(world: World): void {
	const sent = world.queries.filter((query) => query.step === world.lastActionStep);
	if (sent.length === 0) return;
	const names = sent.map(
		(query) => `${showMessage(query.message)}\n  to ${query.address} by ${query.transport}`,
	);
	throw new Error(
		`${sent.length} queries went to upstreams in step ${world.lastActionStep}\n${names.join('\n')}`,
	);
}
