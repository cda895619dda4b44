import { nameToWire } from '../../wire/presentation.ts';

/** Where generated names lie unless told otherwise: below a name that is nobody's (RFC 2606 §2). */
export const defaultZone = 'petrel.example.';

/** Names n1, n2, … below a zone: n1 is the one asked for most where some are asked for more than others. */
export class GeneratedNames {
	readonly zone: string;
	readonly #zoneOctets: Uint8Array;
	readonly #octets: Uint8Array;

	/** @throws PETREL_CONFIG if the zone is no name, or the last of the names would be too long */
	constructor(zone: string, count: number) {
		this.zone = zone.endsWith('.') ? zone : `${zone}.`;
		this.#zoneOctets = nameToWire(this.zone);
		this.#octets = new Uint8Array(nameToWire(this.text(count)).length);
	}

	/** @param number from 1 */
	text(number: number): string {
		return this.zone === '.' ? `n${number}.` : `n${number}.${this.zone}`;
	}

	/** The wire name; the octets are written anew by the next call. */
	wire(number: number): Uint8Array {
		const digits = String(number);
		this.#octets[0] = digits.length + 1;
		this.#octets[1] = 'n'.charCodeAt(0);
		for (let i = 0; i < digits.length; i++) this.#octets[2 + i] = digits.charCodeAt(i);
		this.#octets.set(this.#zoneOctets, 2 + digits.length);
		return this.#octets.subarray(0, 2 + digits.length + this.#zoneOctets.length);
	}
}
