import { PetrelError } from '../../util/errors.ts';
import { typeNumber } from '../../wire/iana.ts';
import { nameToText, nameToWire } from '../../wire/presentation.ts';
import type { SeenQuery, Transport } from './query.ts';
import type { CompiledAction, RuleMatch } from './rules.ts';

interface Entry {
	readonly type: number | undefined;
	readonly transport: Transport | undefined;
	readonly action: CompiledAction;
}

function matchedName(match: RuleMatch): string {
	return nameToText(nameToWire(match.name ?? '*')).toLowerCase();
}

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

/**
 * Rules by name. The most particular one is used, in whatever order they were set: a name before a pattern, a long
 * pattern before a short one; under one name, type and transport before type, before transport, before neither.
 */
export class RuleTable {
	readonly #entries = new Map<string, Entry[]>();
	#patterns = 0;

	get size(): number {
		return this.#entries.size;
	}

	/** Sets a rule in place of one with the same name, type and transport. */
	set(match: RuleMatch, action: CompiledAction): void {
		const type = matchedType(match);
		this.remove(match);
		const name = matchedName(match);
		const entries = this.#entries.get(name) ?? [];
		entries.push({ type, transport: match.transport, action });
		entries.sort((a, b) => weight(b) - weight(a));
		if (!this.#entries.has(name) && name.startsWith('*.')) this.#patterns++;
		this.#entries.set(name, entries);
	}

	/** Removes a rule; returns whether there was one. */
	remove(match: RuleMatch): boolean {
		const name = matchedName(match);
		const type = matchedType(match);
		const entries = this.#entries.get(name) ?? [];
		const kept = entries.filter((entry) => entry.type !== type || entry.transport !== match.transport);
		if (kept.length === entries.length) return false;
		if (kept.length > 0) {
			this.#entries.set(name, kept);
		} else {
			this.#entries.delete(name);
			if (name.startsWith('*.')) this.#patterns--;
		}
		return true;
	}

	find(query: SeenQuery): CompiledAction | undefined {
		const exact = this.#findAt(query.name, query);
		if (exact || this.#patterns === 0) return exact;
		const qname = query.lowerQname;
		for (let position = 0; qname[position] !== 0; ) {
			position += qname[position] + 1;
			const below = qname[position] === 0 ? '*.' : `*.${nameToText(qname, position)}`;
			const found = this.#findAt(below, query);
			if (found) return found;
		}
		return qname[0] === 0 ? this.#findAt('*.', query) : undefined;
	}

	#findAt(name: string, query: SeenQuery): CompiledAction | undefined {
		const fits = (entry: Entry) =>
			(entry.type === undefined || entry.type === query.type) &&
			(entry.transport === undefined || entry.transport === query.transport);
		return this.#entries.get(name)?.find(fits)?.action;
	}
}
