/** What a client and an upstream can see of one exchange, as words that can be compared. */

import packet from 'dns-packet';
import type { Reply } from '../support/integration/message.ts';
import { decodeReply, type ReplyRecord } from '../support/integration/message.ts';

/** Field and value. What is not there was not looked at. */
export type Observation = Map<string, string>;

const flagNames = ['aa', 'tc', 'rd', 'ra', 'ad', 'cd'] as const;

function dataText(data: unknown): string {
	if (Buffer.isBuffer(data)) return data.toString('hex');
	if (Array.isArray(data)) return data.map(dataText).join(' ');
	if (typeof data !== 'object' || data === null) return String(data);
	return Object.values(data).map(dataText).join(' ');
}

function byText(records: readonly ReplyRecord[]): { text: string; ttl: number; type: string }[] {
	return records
		.map((record) => ({
			text: `${record.name} ${record.type} ${dataText(record.data ?? Object.entries(record).slice(4).map(String))}`,
			ttl: record.ttl,
			type: record.type,
		}))
		.sort((a, b) => (a.text < b.text ? -1 : a.text > b.text ? 1 : 0));
}

/** More records than this are counted, not listed. */
const listedMax = 8;

function addSection(seen: Observation, section: string, records: readonly ReplyRecord[]): void {
	const sorted = byText(records);
	const listed = sorted.length <= listedMax;
	seen.set(
		section,
		listed ? sorted.map(({ text }) => text).join('; ') || 'empty' : `${sorted.length} records`,
	);
	const ttls = sorted.map(({ ttl, type }) => `${type}:${ttl}`);
	if (sorted.length > 0) seen.set(`${section} ttl`, (listed ? ttls : [...new Set(ttls)]).join(' '));
}

function additionalsOf(octets: Buffer): ReplyRecord[] {
	const { additionals = [] } = packet.decode(octets);
	return additionals.filter(({ type }) => type !== 'OPT') as unknown as ReplyRecord[];
}

function addOpt(seen: Observation, { opt }: Reply): void {
	seen.set('opt', opt ? `version ${opt.version} do ${Number(opt.dnssecOk)}` : 'none');
	if (opt) seen.set('opt options', opt.options.filter((code) => code !== 15).join(' ') || 'none');
}

/** @param octets undefined: nothing came */
export function observeReply(octets: Buffer | undefined): Observation {
	const seen: Observation = new Map();
	if (octets === undefined) return seen.set('reply', 'silence');
	let reply: Reply;
	try {
		reply = decodeReply(octets);
	} catch {
		const rcode = octets.length >= 12 ? octets.readUInt16BE(2) & 0xf : -1;
		return seen.set('reply', `unreadable, ${octets.length} octets, rcode ${rcode}`);
	}
	seen.set('reply', 'a message').set('rcode', reply.rcode);
	const flags = reply.flags.split(' ');
	for (const name of flagNames) seen.set(name, String(Number(flags.includes(name))));
	seen.set('question', reply.question ? `${reply.question.name} ${reply.question.type}` : 'none');
	addSection(seen, 'answer', reply.answers);
	addSection(seen, 'authority', reply.authorities);
	addSection(seen, 'additional', additionalsOf(octets));
	addOpt(seen, reply);
	seen.set('ede', reply.ede === undefined ? 'none' : String(reply.ede));
	return seen;
}
