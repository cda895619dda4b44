import { readFile } from 'node:fs/promises';
import { isIP } from 'node:net';
import { messageOf } from '../util/errors.ts';

/** glibc reads no more than three; petrel takes as many as a forward can have. */
const nameserversMax = 15;

export interface ResolvConf {
	/** IP addresses in file order, without duplicates; an IPv6 scope id is kept (`fe80::1%eth0`). */
	readonly nameservers: readonly string[];
	/** Why there are none, for a person; undefined when there are some. */
	readonly problem: string | undefined;
}

/** The `nameserver` lines of a resolv.conf's text. Everything else in it (search, options) is for stub resolvers. */
export function parseResolvConf(text: string): readonly string[] {
	const nameservers = new Set<string>();
	for (const line of text.split(/\r?\n/)) {
		const [keyword, address] = line.trim().split(/\s+/);
		if (keyword !== 'nameserver' || address === undefined) continue;
		if (isIP(address.replace(/%.*$/, '')) !== 0) nameservers.add(address);
	}
	return [...nameservers].slice(0, nameserversMax);
}

/** Reads a resolv.conf; a missing or unreadable one has no nameservers and says why. */
export async function readResolvConf(path: string): Promise<ResolvConf> {
	try {
		const nameservers = parseResolvConf(await readFile(path, 'utf8'));
		const problem = nameservers.length > 0 ? undefined : `${path} names no nameserver`;
		return { nameservers, problem };
	} catch (thrown) {
		const missing = (thrown as NodeJS.ErrnoException).code === 'ENOENT';
		const problem = missing ? `${path} does not exist` : `${path} cannot be read: ${messageOf(thrown)}`;
		return { nameservers: [], problem };
	}
}

/**
 * Looks at a resolv.conf again and again and reports each change of its nameservers. It is read rather than watched:
 * container runtimes and NetworkManager replace the file by renaming or mount over it, and watchers lose sight of it.
 */
export function watchResolvConf(
	path: string,
	first: ResolvConf,
	onChange: (now: ResolvConf) => void,
	everyMs = 1000,
): { close(): void } {
	let last = first;
	let closed = false;
	let timer = setTimeout(look, everyMs);
	async function look(): Promise<void> {
		const now = await readResolvConf(path);
		if (closed) return;
		if (now.nameservers.join() !== last.nameservers.join()) onChange(now);
		last = now;
		timer = setTimeout(look, everyMs);
	}
	return {
		close() {
			closed = true;
			clearTimeout(timer);
		},
	};
}
