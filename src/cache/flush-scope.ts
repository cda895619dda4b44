import { isWithin } from '../wire/name.ts';
import { cutType } from './key.ts';

/**
 * What a flush takes out of the cache: names, of them types, of them server blocks. Plain data, since it goes to every
 * shard.
 */
export interface FlushScope {
	/** In wire form, in lower case; undefined: every name. */
	readonly name: Uint8Array | undefined;
	/** The names below `name` too. */
	readonly below: boolean;
	/** undefined: every type. */
	readonly qtype: number | undefined;
	/** What the answers of server blocks are kept under (`EngineSetup.cacheIds`); undefined: all. */
	readonly blocks: readonly number[] | undefined;
}

/**
 * Whether an entry's key is in a flush's scope.
 *
 * An NXDOMAIN that stands for all below it (`cutType`) goes with every name and type that it would go on denying:
 * whatever is flushed is asked for again.
 *
 * @param word0 first two words of the key (key.ts)
 * @param nameStart where its QNAME stands in `octets`
 */
export function isInScope(
	scope: FlushScope,
	word0: number,
	word1: number,
	octets: Uint8Array,
	nameStart: number,
): boolean {
	const { name, blocks } = scope;
	if (blocks !== undefined && !blocks.includes(word0 & 0xffff)) return false;
	const qtype = word0 >>> 16;
	if (qtype !== cutType && scope.qtype !== undefined && qtype !== scope.qtype) return false;
	if (name === undefined) return true;
	const nameBytes = word1 >>> 24;
	if (scope.below && isWithin(octets, nameStart, nameBytes, name)) return true;
	if (qtype === cutType) {
		return isWithin(name, 0, name.length, octets.subarray(nameStart, nameStart + nameBytes));
	}
	if (nameBytes !== name.length) return false;
	for (let i = 0; i < nameBytes; i++) if (octets[nameStart + i] !== name[i]) return false;
	return true;
}
