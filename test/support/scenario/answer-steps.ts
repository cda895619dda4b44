import { differences, isMatchWord } from './compare.ts';
import type { Exchange } from './exchange.ts';
import { noHeaderWords, takeHeaderWord } from './header-words.ts';
import { buildMessage, type Decoded, decodeMessage, questionsOf, showMessage } from './message.ts';
import type { Words } from './step-words.ts';
import type { HeaderWords, Step } from './syntax.ts';
import type { World } from './world.ts';

/** `CHECK_ANSWER [TO step] [TIMES n] [MATCH=word,word…] [header words] [| record]…`, or with an entry. */
export function checkAnswer(world: World, step: Step, words: Words): void {
	const header = step.entry?.header ?? noHeaderWords();
	let to: number | undefined;
	let times = 1;
	let match = step.entry?.match ?? ['all', 'ttl'];
	for (let word = words.take(); word !== undefined; word = words.take()) {
		if (word === 'TO') to = words.number('a step');
		else if (word === 'TIMES') times = words.number('a count');
		else if (word.startsWith('MATCH=')) match = word.slice('MATCH='.length).split(',');
		else if (!takeHeaderWord(header, word)) throw new Error(`"${word}" is no part of an answer`);
	}
	const unknown = match.find((word) => !isMatchWord(word));
	if (unknown !== undefined) throw new Error(`MATCH does not know "${unknown}"`);
	for (let i = 0; i < times; i++) {
		const exchange = nextAnswer(world, to);
		if (!exchange) throw new Error(missing(world, to, i));
		compare(world, step, exchange, header, match);
		exchange.checked = true;
	}
}

function nextAnswer(world: World, to: number | undefined): Exchange | undefined {
	const unchecked = world.exchanges.filter((exchange) => exchange.answer && !exchange.checked);
	return unchecked.find((exchange) => to === undefined || exchange.step === to);
}

function missing(world: World, to: number | undefined, checked: number): string {
	const waiting = world.exchanges.filter((exchange) => exchange.waits).map((exchange) => exchange.step);
	const of = to === undefined ? '' : ` to the query of step ${to}`;
	const after = checked > 0 ? ` after ${checked}` : '';
	const who = waiting.length > 0 ? `; queries of these steps wait: ${waiting.join(', ')}` : '; nobody waits';
	return `there is no${checked > 0 ? ' further' : ''} answer${of}${after}${who}`;
}

function compare(
	world: World,
	step: Step,
	exchange: Exchange,
	header: HeaderWords,
	match: readonly string[],
): void {
	const got = decodeMessage(exchange.answer!);
	const expected = expectedAnswer(world.file, step, exchange, header, got);
	const found = differences(got, expected, match);
	if (found.length === 0) return;
	const about = `the answer to the query of step ${exchange.step}: ${found.join('; ')}`;
	throw new Error(
		`${about}\nexpected (${match.join(' ')})\n${showMessage(expected)}\ngot\n${showMessage(got)}`,
	);
}

/** Of the flags RA and what the query asked for are understood, of EDNS that there is an OPT if the query has one. */
function expectedAnswer(
	file: string,
	step: Step,
	exchange: Exchange,
	header: HeaderWords,
	got: Decoded,
): Decoded {
	let query: Decoded | undefined;
	try {
		query = decodeMessage(exchange.query);
	} catch {
		query = undefined;
	}
	const copied = (query?.flags ?? []).filter((flag) => flag === 'RD' || flag === 'CD');
	return decodeMessage(
		buildMessage(file, {
			id: got.id,
			header: {
				...header,
				flags: header.flags && new Set([...header.flags, 'QR']),
				opcode: header.opcode ?? query?.opcode,
			},
			defaultFlags: ['QR', 'RA', ...copied],
			questions: step.entry?.questions
				? questionsOf(file, step.entry.questions)
				: (query?.questions ?? got.questions),
			records: step.entry?.records ?? step.records,
			edns: query?.opt !== undefined,
			dnssecOk: query?.opt?.dnssecOk ?? false,
		}),
	);
}

/** `NO_ANSWER [TO step]`: no answer came, or none to that step's queries. */
export function checkNoAnswer(world: World, _step: Step, words: Words): void {
	let to: number | undefined;
	if (words.more) {
		words.expect('TO');
		to = words.number('a step');
	}
	for (const exchange of world.exchanges) {
		if (to !== undefined && exchange.step !== to) continue;
		if (!exchange.answer) exchange.expectedSilence = true;
		else if (!exchange.checked) {
			const answer = showMessage(decodeMessage(exchange.answer));
			throw new Error(`the query of step ${exchange.step} has an answer\ngot\n${answer}`);
		}
	}
}
