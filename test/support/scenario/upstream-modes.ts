import { parseRuleFile } from '../../../src/load/upstream/rule-file.ts';
import { UpstreamScript } from '../../../src/load/upstream/script.ts';

/** How an upstream takes queries. */
export type UpstreamMode =
	/** Ranges and REPLY steps answer. */
	| { readonly kind: 'manual' }
	/** The scripted upstream answers, by the labels of the name. */
	| { readonly kind: 'script'; readonly script: UpstreamScript }
	/** Nothing answers. */
	| { readonly kind: 'silent' }
	/** Queries cannot be sent. */
	| { readonly kind: 'unreachable' }
	/** Queries are sent and their socket is gone at once, as after an ICMP message. */
	| { readonly kind: 'refusing' }
	/** It forwards to petrel. */
	| { readonly kind: 'loop' };

const everyone = '*';

/** The modes of all upstreams, by address. */
export class UpstreamModes {
	readonly #modes = new Map<string, UpstreamMode>();
	readonly #seed: number;

	constructor(seed: number) {
		this.#seed = seed;
	}

	of(address: string): UpstreamMode {
		return this.#modes.get(address) ?? this.#modes.get(everyone) ?? { kind: 'manual' };
	}

	/** The words of an UPSTREAM step: an address or `*`, a mode, and what belongs to it. Throws for what is wrong. */
	set(words: readonly string[]): void {
		const [address, mode, ...rest] = words;
		if (address === everyone && mode !== 'RULE') this.#modes.clear();
		switch (mode) {
			case 'MANUAL':
			case 'SILENT':
			case 'UNREACHABLE':
			case 'REFUSING':
			case 'LOOP':
				this.#modes.set(address, { kind: mode.toLowerCase() as 'manual' });
				return;
			case 'SCRIPT': {
				const script = new UpstreamScript({ seed: this.#seed, always: rest.join(' ') });
				this.#modes.set(address, { kind: 'script', script });
				return;
			}
			case 'RULE': {
				const at = this.of(address);
				if (at.kind !== 'script')
					throw new Error(`${address} has no script; write UPSTREAM ${address} SCRIPT first`);
				for (const rule of parseRuleFile(rest.join(' '), 'rule')) at.script.setRule(rule, rule.action);
				return;
			}
			default:
				throw new Error(
					`an upstream is MANUAL, SCRIPT, SILENT, UNREACHABLE, REFUSING or LOOP, not "${mode}"`,
				);
		}
	}
}
