import { directive } from './spec.ts';

export const whoami = directive<undefined>({
	name: 'whoami',
	summary: "answers with the client's own address and port",
	text: [
		'The answer section is empty; the additional section holds an A or AAAA record with the address of the client and ' +
			'an SRV record with its port and protocol. For tests that need no upstream. Names that a `forward` of the block ' +
			'matches are forwarded.',
	],
	args: [],
	options: [],
	coredns: [],
	tests: ['integration/zones'],
	example: `whoami.example {
    whoami
}`,
	begin: () => undefined,
	end: (_, { block }) => {
		block.whoami = true;
	},
});
