import { directive } from './spec.ts';

export const debug = directive<undefined>({
	name: 'debug',
	summary: 'writes messages of level DEBUG',
	text: [
		'Holds for the whole process, whichever block it stands in. docs/logs.md lists the messages; without it they are ' +
			'not written.',
	],
	args: [],
	options: [],
	coredns: ['CoreDNS with `debug` ends at a fault in a plugin; petrel goes on'],
	tests: ['unit/server/log', 'integration/query-log'],
	example: `. {
    debug
    forward . 192.0.2.1
}`,
	begin: () => undefined,
	end: (_, { block }) => {
		block.debug = true;
	},
});
