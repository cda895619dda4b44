import { directive } from './spec.ts';

export const loop = directive<undefined>({
	name: 'loop',
	summary: 'finds forwarding loops',
	text: [
		'After the start petrel sends a query with a random name through the block. If it comes back, some upstream leads ' +
			'to petrel again: the block then answers SERVFAIL, which is logged and counted.',
	],
	args: [],
	options: [],
	once: true,
	coredns: ['CoreDNS ends its process when it finds a loop; petrel goes on'],
	tests: ['scenario/loop-that-is-found-is-answered-servfail'],
	example: `. {
    loop
    forward . 192.0.2.1
}`,
	begin: () => undefined,
	end: (_, { block }) => {
		block.loop = true;
	},
});
