import { directive } from './spec.ts';

export const any = directive<undefined>({
	name: 'any',
	summary: 'answers queries for ANY with one short record',
	text: [
		'A query for ANY gets a HINFO record that says that ANY is obsolete (RFC 8482), with a TTL of 8482 s, and is not ' +
			'forwarded. So nobody gets large answers for small questions.',
	],
	args: [],
	options: [],
	coredns: [],
	tests: ['unit/config/local-directives', 'scenario/any-is-answered-with-one-record'],
	example: `. {
    any
    forward . 192.0.2.1
}`,
	begin: () => undefined,
	end: (_, { block }) => {
		block.any = true;
	},
});
