import { CommanderError } from 'commander';
import { type ErrorCode, messageOf, PetrelError } from '../util/errors.ts';

/** What a command's exit code says. */
export const exitCode = {
	ok: 0,
	failed: 1,
	usage: 2,
	lossy: 3,
	thresholdBroken: 99,
	interrupted: 130,
} as const;

const codeOfError: Readonly<Record<ErrorCode, number>> = {
	PETREL_CONFIG: exitCode.usage,
	PETREL_BIND: exitCode.failed,
	PETREL_TRANSPORT: exitCode.failed,
	PETREL_NODE_VERSION: exitCode.failed,
	PETREL_QUERY: exitCode.failed,
	PETREL_CONTROL: exitCode.failed,
	PETREL_INTERNAL: exitCode.failed,
};

/**
 * Writes what a command threw to stderr, for a person: `petrel: text [CODE]`, no stack trace unless PETREL_DEBUG is
 * set. Returns the exit code. What commander threw it has written itself; help and version are no errors.
 */
export function reportError(thrown: unknown, write: (text: string) => void): number {
	if (thrown instanceof CommanderError) return thrown.exitCode === 0 ? exitCode.ok : exitCode.usage;
	const code: ErrorCode = thrown instanceof PetrelError ? thrown.code : 'PETREL_INTERNAL';
	write(`petrel: ${messageOf(thrown)} [${code}]\n`);
	if (code === 'PETREL_INTERNAL') {
		write('  This is a fault in petrel. Set PETREL_DEBUG=1 to see where, and please report it.\n');
	}
	if (process.env.PETREL_DEBUG && thrown instanceof Error) write(`${thrown.stack}\n`);
	return codeOfError[code];
}
