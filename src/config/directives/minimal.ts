import { directive } from './spec.ts';

export const minimal = directive<undefined>({
	name: 'minimal',
	summary: 'answers without authority and additional records',
	text: [
		'Answers that have what was asked for (NOERROR) lose all other records before they are kept. Denials and referrals ' +
			'keep theirs, which are what they have to say.',
	],
	args: [],
	options: [],
	once: true,
	coredns: ['proofs (NSEC, NSEC3) stay for clients that asked for DNSSEC; CoreDNS takes them away'],
	tests: [
		'scenario/minimal-strips-answers-and-nothing-else',
		'unit/cache/minimal',
		'integration/coredns-differences',
	],
	example: `. {
    minimal
    cache
    forward . 192.0.2.1
}`,
	begin: () => undefined,
	end: (_, { block }) => {
		block.minimal = true;
	},
});
