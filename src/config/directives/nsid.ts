import { hostname } from 'node:os';
import { directive } from './spec.ts';

/** So much always fits beside the longest question into the 512 octets that every client takes. */
const dataBytesMax = 128;

export const nsid = directive<{ data: string }>({
	name: 'nsid',
	summary: 'tells clients which server answered',
	text: [
		'Clients that ask for the name server identifier (RFC 5001, `dig +nsid`) get DATA with every answer, from the cache ' +
			'or not. Others get nothing.',
		"Without DATA it is the host's name, which in a pod of Kubernetes is that of the pod, or of the node if the pod uses " +
			"the node's network. Several words are joined by one space.",
	],
	args: [
		{
			name: 'DATA',
			kind: 'word',
			optional: true,
			many: true,
			default: "the host's name",
			text: `up to ${dataBytesMax} octets`,
		},
	],
	options: [],
	once: true,
	coredns: ["CoreDNS sets DO in the reply; petrel leaves it as the client's"],
	tests: ['unit/config/local-directives', 'scenario/nsid-is-for-those-who-ask'],
	example: `. {
    nsid node-1
    forward . 192.0.2.1
}`,
	begin: (values, { statement, report }) => {
		const words = values.allTexts('DATA');
		const data = words.length > 0 ? words.join(' ') : hostname();
		const bytes = Buffer.byteLength(data);
		if (bytes > dataBytesMax) {
			const { at } = statement.args[0] ?? statement.name;
			report.error(at, `\`nsid\`: DATA has ${bytes} octets`, `${dataBytesMax} are allowed`);
		}
		if (bytes === 0) {
			report.error(
				statement.name.at,
				'`nsid`: DATA is empty',
				'write a name, or leave it out for that of the host',
			);
		}
		return { data };
	},
	end: ({ data }, { block }) => {
		block.nsid = data;
	},
});
