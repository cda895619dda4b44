import { PetrelError } from '../../util/errors.ts';
import { typeNumber } from '../../wire/iana.ts';
import { nameToLowerCaseWire } from '../../wire/presentation.ts';
import { OctetKey, OctetTable } from './octet-table.ts';
import type { Transport } from './query.ts';
import type { CompiledAction, RuleMatch } from './rules.ts';

interface Entry {
	readonly type: number | undefined;
	readonly transport: Transport | undefined;
	readonly action: CompiledAction;
}

/** Names that rules can be set for in all, those that were removed since included. */
const maxNames = 1_000_000;
const maxNameBytes = 64 * 1024 * 1024;
const nameRoom = 256;

function matchedType(match: RuleMatch): number | undefined {
	if (match.type === undefined || typeof match.type === 'number') return match.type;
	const number = typeNumber(match.type);
	if (number === undefined) {
		throw new PetrelError(
			'PETREL_CONFIG',
			`"${match.type}" is not a type; write a mnemonic such as A, or TYPE65280`,
		);
	}
	return number;
}

function weight(entry: Entry): number {
	return (entry.type === undefined ? 0 : 2) + (entry.transport === undefined ? 0 : 1);
}

/** Entries by name in wire form. */
class Entries {
	readonly #names = new OctetTable({ maxKeys: maxNames, maxBytes: maxNameBytes });
	readonly #entries: (readonly Entry[])[] = [];
	readonly #key = new OctetKey();
	/** How many names of each length have entries: most suffixes need not be looked for. */
	readonly #ofLength = new Uint32Array(nameRoom);

	#numberOf(name: Uint8Array): number {
		this.#key.set(name, 0, name.length);
		return this.#names.find(this.#key);
	}

	get(name: Uint8Array): readonly Entry[] {
		return this.#entries[this.#numberOf(name)] ?? [];
	}

	set(name: Uint8Array, entries: readonly Entry[]): void {
		let number = this.#numberOf(name);
		if (number < 0) number = this.#names.add(this.#key);
		if (number < 0) throw new PetrelError('PETREL_CONFIG', `rules for more than ${maxNames} names`);
		const before = this.#entries[number]?.length ?? 0;
		this.#entries[number] = entries;
		this.#ofLength[name.length] += Number(entries.length > 0) - Number(before > 0);
	}

	mayHave(nameBytes: number): boolean {
		return this.#ofLength[nameBytes] > 0;
	}

	find(key: OctetKey, type: number, transport: Transport): CompiledAction | undefined {
		const number = this.#names.find(key);
		if (number < 0) return undefined;
		for (const entry of this.#entries[number]) {
			if (entry.type !== undefined && entry.type !== type) continue;
			if (entry.transport === undefined || entry.transport === transport) return entry.action;
		}
		return undefined;
	}
}

/**
 * Rules by name. The most particular one is used, in whatever order they were set: a name before a pattern, a long
 * pattern before a short one; under one name, type and transport before type, before transport, before neither.
 */
export class RuleTable {
	readonly #exact = new Entries();
	/** `*.suffix` by its suffix; the root's is for every name. */
	readonly #below = new Entries();
	readonly #suffix = new OctetKey();
	#size = 0;

	/** Rules that are set. */
	get size(): number {
		return this.#size;
	}

	#placeOf(match: RuleMatch): { entries: Entries; name: Uint8Array } {
		const text = match.name ?? '*';
		if (text === '*') return { entries: this.#below, name: nameToLowerCaseWire('.') };
		if (text.startsWith('*.'))
			return { entries: this.#below, name: nameToLowerCaseWire(text.slice(2) || '.') };
		return { entries: this.#exact, name: nameToLowerCaseWire(text) };
	}

	/** Sets a rule in place of one with the same name, type and transport. */
	set(match: RuleMatch, action: CompiledAction): void {
		const type = matchedType(match);
		this.remove(match);
		const { entries, name } = this.#placeOf(match);
		const all = [...entries.get(name), { type, transport: match.transport, action }];
		entries.set(
			name,
			all.sort((a, b) => weight(b) - weight(a)),
		);
		this.#size++;
	}

	/** Removes a rule; returns whether there was one. */
	remove(match: RuleMatch): boolean {
		const type = matchedType(match);
		const { entries, name } = this.#placeOf(match);
		const all = entries.get(name);
		const kept = all.filter((entry) => entry.type !== type || entry.transport !== match.transport);
		if (kept.length === all.length) return false;
		entries.set(name, kept);
		this.#size--;
		return true;
	}

	/** @param qname in lower case, wire form */
	find(qname: OctetKey, type: number, transport: Transport): CompiledAction | undefined {
		const exact = this.#exact.find(qname, type, transport);
		if (exact) return exact;
		const { octets, length } = qname;
		for (let position = 0; ; ) {
			// The name itself is not below itself, but for `*`, which is for the root too.
			if (octets[position] !== 0) position += octets[position] + 1;
			const found = this.#findBelow(octets, position, length - position, type, transport);
			if (found || octets[position] === 0) return found;
		}
	}

	#findBelow(
		octets: Uint8Array,
		start: number,
		length: number,
		type: number,
		transport: Transport,
	): CompiledAction | undefined {
		if (!this.#below.mayHave(length)) return undefined;
		this.#suffix.set(octets, start, length);
		return this.#below.find(this.#suffix, type, transport);
	}
}
