/**
 * A server under test: how it is found, and how it is configured so that the comparison is fair. Fair means: one thread
 * for queries, a cache that holds all names of a scenario (where the server can), no validation, no prefetching, no query
 * log, everything forwarded to one upstream, socket buffers as large as the server lets one ask for.
 */
import type { Place } from '../lib/place.ts';
import type { Command } from '../lib/process.ts';

export interface Setting {
	/** Where it is to listen. */
	readonly place: Place;
	readonly upstream: Place;
	/** Its own, empty, gone after the run. */
	readonly directory: string;
	/** Every query to the upstream over TCP. */
	readonly forceTcp: boolean;
	readonly workers: number;
	/** How many names its cache is to hold, where that has to be said exactly because it is what memory is about. */
	readonly names: number;
}

export interface Peer {
	readonly name: string;
	/** What to do where it is not found. */
	readonly install: string;
	/** Whether it can ask its upstream over TCP only. */
	readonly canForceTcp: boolean;
	/** Names that its cache can hold, if that is fewer than the scenarios have. */
	readonly namesMax?: number;
	/** The program, or undefined if it is not on this machine. */
	find(): string | undefined;
	/** Of that program: a word or two. */
	version(program: string): string;
	/** Writes its configuration and says how to start it in the foreground. */
	command(program: string, setting: Setting): Command;
}

/** The first thing in a text that looks like a version. */
export function versionIn(text: string): string {
	return /\d+(?:\.\d+)+/.exec(text)?.[0] ?? 'unknown version';
}
