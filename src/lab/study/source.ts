import type { KeyHash } from '../sampling/key-hash.ts';
import type { KeyNames } from '../simulate/key-names.ts';
import type { Requests } from '../simulate/requests.ts';

/**
 * Where the requests of a study come from. Keys keep their numbers when it is read again. Apart from `name` and
 * `isRepeatable` nothing is known before the first batch, and all of it when the batches are over.
 */
export interface StudySource {
	/** Files as they were named, or the generator and its parameters. */
	readonly name: string;
	/** Whether `batches` can be asked for more than once: standard input can not. */
	readonly isRepeatable: boolean;
	readonly format: string;
	/** It has names, TTLs and answers. Otherwise objects with sizes. */
	readonly isDns: boolean;
	/** Of a DNS source. */
	readonly names: KeyNames | undefined;
	/** Numbers of keys are below it; not all of them need be asked for. */
	readonly keyCount: number;
	/** Of what a key stands for, whatever its number. */
	readonly keyHash: KeyHash;
	/** Sentences for the reader, of the reading that was last. */
	readonly notes: readonly string[];
	/**
	 * All requests from the first on, some thousands at a time, in memory that threads share.
	 *
	 * @throws PETREL_CONFIG for what cannot be read
	 */
	batches(): AsyncGenerator<Requests, void, void>;
}
