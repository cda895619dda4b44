import { isIP } from 'node:net';
import ipaddr from 'ipaddr.js';
import { pillarHint } from '../pillar.ts';
import type { Report } from '../report.ts';
import type { Token } from '../syntax.ts';
import { type ArgumentSpec, directive } from './spec.ts';

const address: ArgumentSpec = {
	name: 'ADDRESS|INTERFACE',
	kind: 'word',
	many: true,
	text: 'an IPv4 or IPv6 address, or the name of a network interface, which stands for all its addresses',
};

interface BindDraft {
	readonly addresses: string[];
	readonly except: string[];
}

export const bind = directive<BindDraft>({
	name: 'bind',
	summary: 'the addresses that the block listens on',
	text: [
		'Without `bind` a block listens on every address of the machine. Several `bind` lines add up. The port is the ' +
			"key's.",
	],
	args: [address],
	options: [
		{
			name: 'except',
			args: [{ ...address, text: 'addresses and interfaces to leave out' }],
			text: 'leaves out addresses, for example of an interface that is named above',
			repeats: true,
			apply: (draft, values, { report }) => {
				draft.except.push(...readAddresses(values.words(address.name), report));
			},
		},
	],
	coredns: [
		'host names are refused: CoreDNS resolves them once, when it starts',
		'`except` holds for all `bind` lines of the block; in CoreDNS for its own line',
	],
	tests: ['unit/server/listen-plan', 'integration/zones'],
	example: `. {
    bind 127.0.0.1 ::1
    forward . /etc/resolv.conf
}`,
	begin: (values, { report }) => ({
		addresses: readAddresses(values.words(address.name), report),
		except: [],
	}),
	end: (draft, { block }) => {
		block.bind = [...new Set([...block.bind, ...draft.addresses])];
		block.bindExcept = [...new Set([...block.bindExcept, ...draft.except])];
	},
});

function readAddresses(words: readonly Token[], report: Report): string[] {
	const addresses: string[] = [];
	for (const { text, at } of words) {
		const bare = /^\[(.*)\]$/.exec(text)?.[1] ?? text;
		const fault = isIP(bare) === 0 ? interfaceFault(bare) : undefined;
		// One spelling for one address, so that blocks on the same address are noticed.
		if (fault === undefined) addresses.push(isIP(bare) === 0 ? bare : ipaddr.parse(bare).toString());
		else report.error(at, `\`${text}\` is neither an address nor the name of an interface`, fault);
	}
	return addresses;
}

/** What to write instead of a word that cannot be the name of a network interface; undefined if it can be one. */
function interfaceFault(text: string): string | undefined {
	const pillar = pillarHint(text);
	if (pillar !== undefined) return pillar;
	if (text === 'localhost') return 'write `127.0.0.1 ::1`';
	if (/^\[?.+\]?:\d+$/.test(text) && isIP(text.replace(/^\[?(.+?)\]?:\d+$/, '$1')) !== 0) {
		const port = text.slice(text.lastIndexOf(':'));
		return `the port belongs to the key of the block: \`.${port} {\``;
	}
	if (/^[\d.]+$/.test(text)) return 'an IPv4 address is four numbers from 0 to 255';
	if (text.includes('/')) return 'write one address, without a length';
	// Linux: at most 15 octets, no slash, no white space (IFNAMSIZ).
	if (!/^[^\s/]{1,15}$/.test(text)) return 'host names are not resolved here: write the address';
	return undefined;
}
