/** The placeholders of a log format, each with what it stands for. */
export const logLabels = {
	'{type}': 'QTYPE',
	'{name}': 'QNAME, in lower case',
	'{class}': 'QCLASS',
	'{proto}': 'how the query came: `udp` or `tcp`',
	'{size}': 'octets of the query',
	'{remote}': "the client's address, an IPv6 one in brackets",
	'{port}': "the client's port",
	'{local}': 'the address that petrel listens on there, an IPv6 one in brackets',
	'{>id}': 'the ID of the query',
	'{>opcode}': 'the opcode of the query, a number',
	'{>do}': 'whether the query has DO set: `true` or `false`',
	'{>bufsize}': 'the payload size of the query, at least 512; 65535 by TCP',
	'{rcode}': 'the RCODE of the reply; `-` if none was sent',
	'{rsize}': 'octets of the answer before names are compressed, records are left out and OPT is added',
	'{>rflags}': 'the flags of the reply, separated by commas',
	'{duration}': 'from the query to its reply, in seconds',
	'{common}': 'the Common Log Format',
	'{combined}': 'the Common Log Format and the opcode',
} as const satisfies Readonly<Record<string, string>>;

export type LogLabel = keyof typeof logLabels;
