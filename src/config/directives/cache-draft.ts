import type { CacheOptions } from '../model.ts';
import type { Token } from '../syntax.ts';

/** The settings of `cache` while its block is being read. */
export type CacheDraft = { -readonly [Setting in keyof CacheOptions]: CacheOptions[Setting] } & {
	/** Where a CAPACITY was given first. */
	capacity: Token | undefined;
};
