import ipaddr from 'ipaddr.js';

/** Texts kept; a trace with more clients than this makes some of them again. */
const keptMax = 65_536;

/** Addresses of packets as texts, each made once. */
export class AddressTexts {
	readonly #ipv4 = new Map<number, string>();
	readonly #ipv6 = new Map<string, string>();

	/** @param bytes 4 or 16 */
	read(octets: Buffer, at: number, bytes: number): string {
		return bytes === 4 ? this.#readIpv4(octets, at) : this.#readIpv6(octets, at);
	}

	#readIpv4(octets: Buffer, at: number): string {
		const key = octets.readInt32BE(at);
		const known = this.#ipv4.get(key);
		if (known !== undefined) return known;
		const text = `${octets[at]}.${octets[at + 1]}.${octets[at + 2]}.${octets[at + 3]}`;
		keep(this.#ipv4, key, text);
		return text;
	}

	#readIpv6(octets: Buffer, at: number): string {
		const key = octets.toString('latin1', at, at + 16);
		const known = this.#ipv6.get(key);
		if (known !== undefined) return known;
		const text = ipaddr.fromByteArray([...octets.subarray(at, at + 16)]).toString();
		keep(this.#ipv6, key, text);
		return text;
	}
}

function keep<K>(texts: Map<K, string>, key: K, text: string): void {
	if (texts.size >= keptMax) texts.clear();
	texts.set(key, text);
}
