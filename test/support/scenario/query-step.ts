import type { ClientEndpoint } from '../../../src/engine/io.ts';
import { noHeaderWords, takeHeaderWord } from './header-words.ts';
import { buildMessage, questionsOf } from './message.ts';
import type { Words } from './step-words.ts';
import type { Entry, HeaderWords, Step } from './syntax.ts';
import type { World } from './world.ts';

const client: ClientEndpoint = { address: '127.0.0.1', port: 40_000, family: 4 };

interface Options {
	shard: number | '*';
	transport: 'udp' | 'tcp';
	from: ClientEndpoint;
	times: number;
}

/** `QUERY [NAME TYPE [CLASS]] [SHARD n|*] [TCP] [FROM address] [TIMES n] [header words]`, or with an entry. */
export function ask(world: World, step: Step, words: Words): void {
	const question = step.entry ? undefined : [words.next('a name'), words.next('a type')];
	const header = step.entry?.header ?? noHeaderWords();
	const options: Options = { shard: 0, transport: 'udp', from: client, times: 1 };
	let norecurse = false;
	for (let word = words.take(); word !== undefined; word = words.take()) {
		if (question && /^(?:IN|CH|HS)$/.test(word)) question.push(word);
		else if (word === 'NORD') norecurse = true;
		else if (!takeOption(options, word, words) && !takeHeaderWord(header, word)) {
			throw new Error(`"${word}" does not belong to a query`);
		}
	}
	const line = { line: step.line, text: question?.join(' ') ?? '' };
	const entry: Entry = step.entry ?? {
		line: step.line,
		match: undefined,
		adjust: [],
		header,
		questions: [line],
		records: step.records,
		octets: undefined,
	};
	// On a step's own line RD is understood; the words there add to it.
	const flags = step.entry ? header.flags : new Set([...(norecurse ? [] : ['RD']), ...(header.flags ?? [])]);
	for (let i = 0; i < options.times; i++) {
		const id = (7919 * (world.exchanges.length + 1)) & 0xffff;
		const query = queryOctets(world.file, entry, { ...header, flags }, id);
		const shard = options.shard === '*' ? i % world.shardCount : options.shard;
		const { transport, from } = options;
		world.query({
			step: step.number,
			line: step.line,
			query,
			transport,
			from,
			shard,
			waits: false,
			dropped: false,
			answer: undefined,
			checked: false,
			expectedSilence: false,
		});
	}
}

function takeOption(options: Options, word: string, words: Words): boolean {
	switch (word) {
		case 'SHARD': {
			const shard = words.next('a shard');
			options.shard = shard === '*' ? shard : Number(shard);
			return true;
		}
		case 'TCP':
			options.transport = 'tcp';
			return true;
		case 'FROM': {
			const address = words.next('an address');
			options.from = { address, port: client.port, family: address.includes(':') ? 6 : 4 };
			return true;
		}
		case 'TIMES':
			options.times = words.number('a count');
			return true;
		default:
			return false;
	}
}

function queryOctets(file: string, entry: Entry, header: HeaderWords, id: number): Uint8Array {
	if (entry.octets) return entry.octets;
	return buildMessage(file, {
		id,
		header,
		defaultFlags: ['RD'],
		questions: questionsOf(file, entry.questions ?? []),
		records: entry.records,
		edns: false,
		dnssecOk: false,
	});
}
