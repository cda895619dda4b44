import { type ArgumentSpec, directive } from './spec.ts';

/** Of a UDP message where the directive is absent. */
export const bufsizeBytesWithout = 4096;

const size = {
	name: 'SIZE',
	kind: 'integer',
	optional: true,
	unit: 'octets',
	min: 512,
	max: 4096,
	default: 1232,
	text: 'the limit',
} as const satisfies ArgumentSpec;

export const bufsize = directive<{ sizeBytes: number }>({
	name: 'bufsize',
	summary: 'the largest UDP message',
	text: [
		'Limits the UDP messages that clients get, whatever size they offer, and the size that petrel offers to upstreams, ' +
			'which is never above 1232 octets: so much fits in one IPv6 packet on almost every path.',
		`Without \`bufsize\` the limit for clients is ${bufsizeBytesWithout} octets.`,
	],
	args: [size],
	options: [],
	once: true,
	coredns: [
		`without the directive CoreDNS has no limit of its own (65535 octets); petrel has ${bufsizeBytesWithout}`,
		'CoreDNS only lowers the size that a client offers and passes it on; petrel offers upstreams its own size',
	],
	tests: ['integration/truncation'],
	example: `. {
    bufsize 1232
    forward . 192.0.2.1
}`,
	begin: (values) => ({ sizeBytes: values.number(size.name) ?? size.default }),
	end: (draft, { block }) => {
		block.bufsizeBytes = draft.sizeBytes;
	},
});
