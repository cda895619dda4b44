import { lowerCase } from '../wire/name.ts';
import { nameToLowerCaseWire } from '../wire/presentation.ts';

/** Names that have an address, told by name or as "*.zone" for all below it; case is ignored. */
export class FoundNames {
	readonly #names = new Set<string>();
	readonly #zones = new Set<string>();

	/** @throws PETREL_CONFIG for what is neither */
	constructor(patterns: readonly string[]) {
		for (const pattern of patterns) {
			if (pattern.startsWith('*.')) this.#zones.add(keyOf(nameToLowerCaseWire(pattern.slice(2) || '.')));
			else this.#names.add(keyOf(nameToLowerCaseWire(pattern)));
		}
	}

	/** @param name an uncompressed wire name */
	has(name: Uint8Array): boolean {
		const key = keyOf(name.map(lowerCase));
		if (this.#names.has(key)) return true;
		if (this.#zones.size === 0) return false;
		for (let at = 0; key.charCodeAt(at) !== 0; ) {
			at += key.charCodeAt(at) + 1;
			if (this.#zones.has(key.slice(at))) return true;
		}
		return false;
	}
}

/** One character an octet. */
function keyOf(name: Uint8Array): string {
	return String.fromCharCode(...name);
}
