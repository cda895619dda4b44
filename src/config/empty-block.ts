import { bufsizeBytesWithout } from './directives/bufsize.ts';
import type { BlockDraft } from './directives/spec.ts';
import type { SourcePosition, ZoneKey } from './model.ts';

/** A server block that has no directives. */
export function emptyBlock(at: SourcePosition, keys: readonly ZoneKey[]): BlockDraft {
	return {
		at,
		keys,
		bind: [],
		bindExcept: [],
		bufsizeBytes: bufsizeBytesWithout,
		errors: undefined,
		cache: undefined,
		header: { query: [], response: [] },
		whoami: false,
		loop: false,
		forwards: [],
		acl: [],
		any: false,
		hosts: undefined,
		local: undefined,
		nsid: undefined,
		templates: [],
		dns64: undefined,
		loadbalance: undefined,
		minimal: false,
		rewrites: [],
		debug: false,
		health: undefined,
		log: [],
		prometheus: undefined,
		ready: undefined,
		reload: undefined,
		timeouts: undefined,
	};
}
