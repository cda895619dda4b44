import { directive } from './spec.ts';

export const errors = directive<{ stacktrace: boolean }>({
	name: 'errors',
	summary: 'logs queries that could not be answered',
	text: ['Writes a line for each query that ended in an error, with the cause.'],
	args: [{ name: 'stdout', kind: 'choice', choices: ['stdout'], optional: true, text: 'changes nothing' }],
	options: [
		{
			name: 'stacktrace',
			args: [],
			text: 'adds the stack trace to the report of a fault in petrel itself',
			default: 'off',
			apply: (draft) => {
				draft.stacktrace = true;
			},
		},
	],
	refusedOptions: {
		consolidate: 'remove the line: every error is then written by itself',
	},
	once: true,
	coredns: ['`consolidate` is refused in this version'],
	tests: ['unit/server/log'],
	example: `. {
    errors
    forward . 192.0.2.1
}`,
	begin: () => ({ stacktrace: false }),
	end: (draft, { block }) => {
		block.errors = { stacktrace: draft.stacktrace };
	},
});
