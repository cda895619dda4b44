import type { Session } from './session.ts';

/** One input of the catalogue, for both servers. */
export interface PeerCase {
	/** "T21"; with a letter behind it where one number has several inputs. */
	readonly id: string;
	readonly what: string;
	/** In it `PORT`, `UPSTREAM` and `SECOND` stand for what differs between the servers. */
	readonly corefile: string;
	/** How many upstreams it has: 1 unless given. */
	readonly upstreams?: number;
	/** Has servers for itself: it counts what has no name, or stops its upstream. */
	readonly alone?: boolean;
	/** @param zone where its names are, without a dot at either end */
	run(session: Session, zone: string): Promise<void>;
}

/** A server block for all names, with these lines. */
export function corefile(...lines: readonly string[]): string {
	return `.:PORT {\n\tbind 127.0.0.1\n${lines.map((line) => `\t${line}\n`).join('')}}\n`;
}

export const plain = corefile('cache', 'forward . UPSTREAM');
/** No failure is kept and no upstream is ever down: each question shows what happens to a first one. */
export const forgetful = corefile(
	'cache {',
	'\tservfail 0',
	'}',
	'forward . UPSTREAM {',
	'\tmax_fails 0',
	'}',
);

/** So many octets of text in EDNS options. */
export const cookie = (octet: number) => ({ options: [{ code: 10, data: new Uint8Array(8).fill(octet) }] });
/** A client's subnet 10.1.x.0/24 (RFC 7871). */
export const subnet = (third: number) => ({
	options: [{ code: 8, data: Uint8Array.of(0, 1, 24, 0, 10, 1, third) }],
});
