import ipaddr from 'ipaddr.js';

/** Clients whose addresses are remembered: a node's pods. */
const rememberedMax = 1024;

/** Addresses as octets, by their text. Those of the last clients are kept, since reading the text costs more than the rest. */
export class ClientAddresses {
	#known = new Map<string, Uint8Array>();

	/** 4 or 16 octets; IPv4-mapped addresses have 4, and a scope is left out. undefined: it is no address. */
	octetsOf(text: string): Uint8Array | undefined {
		const known = this.#known.get(text);
		if (known !== undefined) return known;
		const octets = parse(text);
		if (octets === undefined) return undefined;
		if (this.#known.size >= rememberedMax) this.#known = new Map();
		this.#known.set(text, octets);
		return octets;
	}
}

function parse(text: string): Uint8Array | undefined {
	const bare = text.replace(/%.*$/s, '');
	if (!ipaddr.isValid(bare)) return undefined;
	const address = ipaddr.parse(bare);
	const isMapped = address instanceof ipaddr.IPv6 && address.isIPv4MappedAddress();
	return Uint8Array.from((isMapped ? address.toIPv4Address() : address).toByteArray());
}
