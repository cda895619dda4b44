import type { DnsStream } from '../generate/dns-stream.ts';
import { hashOfNames, type KeyHash } from '../sampling/key-hash.ts';
import type { KeyNames } from '../simulate/key-names.ts';
import type { Requests } from '../simulate/requests.ts';
import type { StudySource } from './source.ts';

/** Requests that are made up. */
export class GeneratedSource implements StudySource {
	readonly name: string;
	readonly format = 'generated';
	readonly isDns = true;
	readonly isRepeatable = true;
	readonly notes: readonly string[];
	readonly names: KeyNames;
	readonly keyHash: KeyHash;
	readonly #stream: DnsStream;

	/** @param name the generator and its parameters */
	constructor(name: string, stream: DnsStream, notes: readonly string[] = []) {
		this.name = name;
		this.notes = notes;
		this.#stream = stream;
		this.names = stream.names;
		this.keyHash = hashOfNames(stream.names);
	}

	get keyCount(): number {
		return this.names.count;
	}

	async *batches(): AsyncGenerator<Requests, void, void> {
		yield* this.#stream.batches();
	}
}
