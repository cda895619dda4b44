import { readFileSync } from 'node:fs';
import { isIP } from 'node:net';
import { dirname, isAbsolute, join } from 'node:path';
import ipaddr from 'ipaddr.js';
import { messageOf } from '../../util/errors.ts';
import type { WeightedAddress, WeightedName } from '../model/rewriting.ts';
import type { Report } from '../report.ts';
import type { Token } from '../syntax.ts';
import { normalizeZone } from '../zone-name.ts';

/** Lines of one name, and behind it lines of an address with its weight; `#` begins a comment line. */
export function readWeightFile(word: Token, report: Report): WeightedName[] {
	// Relative to the file it is written in, as imports are.
	const path = isAbsolute(word.text) ? word.text : join(dirname(word.at.file), word.text);
	report.files.add(path);
	let text: string;
	try {
		text = readFileSync(path, 'utf8');
	} catch (thrown) {
		const message = `the weight file cannot be read: ${messageOf(thrown)}`;
		report.warn(word.at, message, 'until it can, all addresses have equal weights');
		return [];
	}
	return parseWeights(text, path, report);
}

function parseWeights(text: string, path: string, report: Report): WeightedName[] {
	const names = new Map<string, WeightedAddress[]>();
	let current: WeightedAddress[] | undefined;
	for (const [index, line] of text.split('\n').entries()) {
		const words = line.trim().split(/\s+/);
		if (words[0] === '' || words[0].startsWith('#')) continue;
		const fail = (message: string, hint: string): void =>
			report.error({ file: path, line: index + 1, column: 1 }, message, hint);
		if (words.length === 1) {
			const name = normalizeZone(words[0]);
			if (isIP(words[0]) !== 0) fail(`\`${words[0]}\` has no weight`, 'write `ADDRESS WEIGHT`');
			else if (typeof name !== 'string') fail(name.message, 'write one name, or `ADDRESS WEIGHT`');
			else {
				current = names.get(name) ?? [];
				names.set(name, current);
			}
			continue;
		}
		const [address, weightText] = words;
		const weight = /^\d+$/.test(weightText) ? Number(weightText) : 0;
		if (words.length > 2) fail(`\`${line.trim()}\` has too many words`, 'write `ADDRESS WEIGHT`');
		else if (isIP(address) === 0) fail(`\`${address}\` is not an address`, 'write `ADDRESS WEIGHT`');
		else if (weight < 1 || weight > 255) fail(`\`${weightText}\` is not a weight`, 'it goes from 1 to 255');
		else if (current === undefined) fail('no name stands before this address', 'write a line with the name');
		else current.push({ octets: ipaddr.parse(address).toByteArray(), weight });
	}
	return [...names].map(([name, addresses]) => ({ name, addresses }));
}
