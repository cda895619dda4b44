/**
 * Every error that petrel reports on purpose: a stable code and what the code means. `docs/errors.md` lists exactly
 * this table (a test compares them). Codes are never reused for something else.
 */
export const errorTable = {
	PETREL_CONFIG: 'The configuration cannot be used: a Corefile, flag or environment variable is wrong.',
	PETREL_BIND: 'An address could not be bound: in use, not on this machine, or not permitted.',
	PETREL_TRANSPORT: 'The native UDP transport was asked for and cannot be used.',
	PETREL_NODE_VERSION: 'The running Node.js is older than petrel needs.',
	PETREL_QUERY: '`petrel query` got no usable answer.',
	PETREL_CONTROL: 'No running petrel answered at its control socket.',
	PETREL_INTERNAL: 'A fault in petrel itself. Please report it with the text that follows.',
} as const;

export type ErrorCode = keyof typeof errorTable;

/** An error for a person to read: what was wrong, with which value, and what to do. */
export class PetrelError extends Error {
	readonly code: ErrorCode;

	constructor(code: ErrorCode, message: string, options?: ErrorOptions) {
		super(message, options);
		this.name = 'PetrelError';
		this.code = code;
	}
}

/** The message of anything that was thrown. */
export function messageOf(thrown: unknown): string {
	return thrown instanceof Error ? thrown.message : String(thrown);
}
