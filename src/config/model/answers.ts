import type { SourcePosition } from '../model.ts';

/** Settings of the directives that answer by themselves. Part of `ServerBlock` (../model.ts). */

/** One `acl`: of its policies the first that matches a client and a type decides. */
export interface AclRule {
	readonly zones: readonly string[];
	readonly policies: readonly AclPolicy[];
}

export interface AclPolicy {
	readonly action: 'allow' | 'block' | 'filter' | 'drop';
	/** Empty: every type. */
	readonly types: readonly number[];
	/** Empty: every client. */
	readonly nets: readonly AclNet[];
}

export interface AclNet {
	/** As inet_pton takes it, IPv4-mapped addresses as IPv4. */
	readonly address: string;
	readonly bits: number;
}

export interface HostsOptions {
	/** As in the Corefile: a relative path counts from the working directory. */
	readonly path: string;
	/** Names outside are left to others, but for PTR. */
	readonly zones: readonly string[];
	readonly ttlSec: number;
	/** PTR answers are made from the lines. */
	readonly reverse: boolean;
	/** How often the file is looked at; 0: never again. */
	readonly reloadMs: number;
	/** Names in these zones that no line has go on to whoever comes next; elsewhere they get SERVFAIL. */
	readonly fallthrough: readonly string[];
	/** Types other than A, AAAA and PTR go on as well, within the zones of `fallthrough`. */
	readonly fallthroughUnsupported: boolean;
	readonly inline: readonly HostsLine[];
}

/** A line of a hosts file. */
export interface HostsLine {
	readonly address: string;
	/** In presentation format, absolute, in lower case. */
	readonly names: readonly string[];
}

export interface LocalOptions {
	/** Names that begin with the label localhost are answered as localhost is. */
	readonly localhostPrefix: boolean;
}

export interface TemplateOptions {
	readonly at: SourcePosition;
	/** 255: every type. */
	readonly type: number;
	readonly zones: readonly string[];
	/** Regular expressions in Go's syntax; empty: every name. */
	readonly patterns: readonly string[];
	readonly rcode: number;
	readonly answers: readonly TemplateRecord[];
	readonly authorities: readonly TemplateRecord[];
	readonly additionals: readonly TemplateRecord[];
	readonly extendedError: { readonly code: number; readonly reason: string } | undefined;
	/** Names in these zones that no pattern matches go on; elsewhere they get SERVFAIL. */
	readonly fallthrough: readonly string[];
}

/** A record in presentation format, in pieces: text as it is, and what is put in for each query. */
export type TemplateRecord = readonly (string | Placeholder)[];

export type Placeholder =
	| { readonly field: 'name' | 'question-name' | 'zone' | 'class' | 'type' | 'remote' | 'matches' }
	/** Numbers of the query. */
	| { readonly field: 'id' | 'qtype' | 'qclass' }
	/** A group of the pattern that matched, by number; 0: the whole match. */
	| { readonly field: 'match'; readonly index: number }
	/** A group by its name, or by its number written out. */
	| { readonly field: 'group'; readonly name: string }
	/** A number in another base, in decimal: Go's ParseUint. */
	| { readonly field: 'number'; readonly of: Placeholder; readonly base: number; readonly bits: number };
