import { isIP } from 'node:net';
import ipaddr from 'ipaddr.js';
import type { AddressRange, LoadBalanceOptions } from '../model/rewriting.ts';
import type { Report } from '../report.ts';
import type { Token } from '../syntax.ts';
import { directive } from './spec.ts';
import { readWeightFile } from './weight-file.ts';

type LoadBalanceDraft = { -readonly [Setting in keyof LoadBalanceOptions]: LoadBalanceOptions[Setting] };

export const loadbalance = directive<LoadBalanceDraft>({
	name: 'loadbalance',
	summary: 'lets each address of an answer be the first in its turn',
	text: [
		'With `round_robin` the A, AAAA and MX records of each reply stand one step further than in the last reply to the same ' +
			'question, from the cache or not, whichever worker answers. Everything else stays where it is, CNAMEs in front.',
		'With `weighted` one address of each reply changes places with the first: which one, the weights in WEIGHTFILE say. ' +
			'The file has lines of a name, and behind each lines of an address and its weight, 1 to 255. Addresses that it does ' +
			'not name have weight 1. A relative path is relative to the Corefile.',
	],
	args: [
		{
			name: 'POLICY',
			kind: 'choice',
			choices: ['round_robin', 'weighted'],
			optional: true,
			default: 'round_robin',
			text: 'who is the first',
		},
		{
			name: 'WEIGHTFILE',
			kind: 'word',
			optional: true,
			onlyIf: (_, before) => before.text('POLICY') === 'weighted',
			text: 'only with `weighted`',
		},
	],
	options: [
		{
			name: 'prefer',
			args: [{ name: 'CIDR', kind: 'word', many: true, text: 'address ranges, as `10.9.0.0/16`' }],
			text: 'addresses in the first of these stand in front of those in the next, and these before all others',
			repeats: true,
			tests: ['scenario/loadbalance-prefers-subnets', 'unit/engine/rotation'],
			apply: (draft, values, { report }) => {
				const ranges = values.words('CIDR').flatMap((word) => readRange(word, report) ?? []);
				draft.prefer = [...draft.prefer, ...ranges];
			},
		},
		{
			name: 'reload',
			args: [{ name: 'DURATION', kind: 'duration', unit: 'ms', min: 0, text: 'for `weighted`' }],
			text: 'how often WEIGHTFILE is looked at',
			ignored: 'WEIGHTFILE is read with the Corefile, and again when that is loaded anew',
			tests: ['unit/config/loadbalance-directive'],
			apply: () => {},
		},
	],
	once: true,
	coredns: [
		'records take turns; CoreDNS shuffles them, and draws the first by lot',
		'only the answer section is turned, and `prefer` holds there',
		'WEIGHTFILE is read with the Corefile; CoreDNS looks at it every 30 s',
	],
	tests: [
		'scenario/loadbalance-lets-each-address-be-first',
		'unit/config/loadbalance-directive',
		'unit/engine/rotation',
		'integration/shared-rotation',
	],
	example: `. {
    loadbalance {
        prefer 10.0.0.0/8
    }
    cache
    forward . 192.0.2.1
}`,
	begin: (values, { statement, report }) => {
		const [file] = values.words('WEIGHTFILE');
		const weighted = values.text('POLICY') === 'weighted';
		if (weighted && file === undefined) {
			report.error(
				statement.args[0].at,
				'`loadbalance weighted` needs WEIGHTFILE',
				'write the path of the file',
			);
		}
		const weights = file === undefined ? [] : readWeightFile(file, report);
		return { policy: weighted ? 'weighted' : 'round_robin', weights, prefer: [] };
	},
	end: (draft, { block }) => {
		block.loadbalance = draft;
	},
});

function readRange({ text, at }: Token, report: Report): AddressRange | undefined {
	const [address, length, ...more] = text.split('/');
	const family = isIP(address);
	const bits = /^\d+$/.test(length ?? '') ? Number(length) : -1;
	if (family === 0 || more.length > 0 || bits < 0 || bits > (family === 4 ? 32 : 128)) {
		const hint =
			family === 0
				? 'write for example 10.9.0.0/16'
				: `for one address write \`${address}/${family === 4 ? 32 : 128}\``;
		report.error(at, `\`${text}\` is not an address range`, hint);
		return undefined;
	}
	return { octets: ipaddr.parse(address).toByteArray(), prefixBits: bits };
}
