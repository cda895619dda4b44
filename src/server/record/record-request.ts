import { PetrelError } from '../../util/errors.ts';

/** What `POST /record` is asked. */
export interface RecordRequest {
	/** The recording ends after so long at the latest. */
	readonly duration_ms: number;
	/** Addresses and ports of clients are handed over too. */
	readonly clients?: boolean;
}

/** A day: whoever needs more begins anew. */
export const recordMsMax = 86_400_000;

function refuse(message: string): never {
	throw new PetrelError('PETREL_CONFIG', message);
}

/** Reads the body of `POST /record`. Throws `PETREL_CONFIG` for what is none. */
export function readRecordRequest(body: string): RecordRequest {
	let value: unknown;
	try {
		value = JSON.parse(body);
	} catch {
		value = undefined;
	}
	if (typeof value !== 'object' || value === null || Array.isArray(value)) {
		refuse('a recording is asked for by a JSON object such as {"duration_ms": 60000}');
	}
	const { duration_ms: durationMs, clients = false, ...rest } = value as Record<string, unknown>;
	for (const field of Object.keys(rest)) {
		refuse(`a recording has no "${field}"; it has duration_ms, clients`);
	}
	if (typeof durationMs !== 'number' || !(durationMs > 0 && durationMs <= recordMsMax)) {
		refuse(`"duration_ms" of a recording is a number above 0 and at most ${recordMsMax}`);
	}
	if (typeof clients !== 'boolean') refuse('"clients" of a recording is a boolean');
	return { duration_ms: durationMs, clients };
}
