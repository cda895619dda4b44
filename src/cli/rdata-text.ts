type Fields = Readonly<Record<string, unknown>>;

/** Fields of a record in presentation order, as dns-packet names them. Names among them end with a dot. */
const fieldOrder: Readonly<Record<string, readonly string[]>> = {
	MX: ['preference', 'exchange.'],
	SRV: ['priority', 'weight', 'port', 'target.'],
	SOA: ['mname.', 'rname.', 'serial', 'refresh', 'retry', 'expire', 'minimum'],
	HINFO: ['cpu', 'os'],
	DS: ['keyTag', 'algorithm', 'digestType', 'digest'],
	SSHFP: ['algorithm', 'hash', 'fingerprint'],
	TLSA: ['usage', 'selector', 'matchingType', 'certificate'],
	RP: ['mbox.', 'txt.'],
};

/** RDATA as dns-packet decoded it, in presentation form; a type without one in RFC 3597's generic form or as JSON. */
export function rdataText(type: string, data: unknown): string {
	if (Buffer.isBuffer(data) && type !== 'TXT') return `\\# ${data.length} ${data.toString('hex')}`.trimEnd();
	if (type === 'TXT' || type === 'SPF') return [data].flat().map(quoted).join(' ');
	if (typeof data === 'string') return isNameType(type) ? absolute(data) : data;
	const fields = (data ?? {}) as Fields;
	if (type === 'CAA') return `${fields.flags ?? 0} ${fields.tag} ${quoted(fields.value)}`;
	const order = fieldOrder[type];
	if (!order) return JSON.stringify(data);
	return order.map((field) => fieldText(fields, field)).join(' ');
}

function fieldText(fields: Fields, field: string): string {
	if (field.endsWith('.')) return absolute(String(fields[field.slice(0, -1)]));
	const value = fields[field];
	return Buffer.isBuffer(value) ? value.toString('hex') : String(value);
}

function isNameType(type: string): boolean {
	return type === 'CNAME' || type === 'NS' || type === 'PTR' || type === 'DNAME';
}

/** With its last dot. */
export function absolute(name: string): string {
	return name.endsWith('.') ? name : `${name}.`;
}

/** RFC 1035 §5.1: a character-string in quotes; what is not printable ASCII as \DDD. */
function quoted(value: unknown): string {
	const octets = Buffer.isBuffer(value) ? value : Buffer.from(String(value));
	let text = '';
	for (const octet of octets) {
		if (octet === 0x22 || octet === 0x5c) text += `\\${String.fromCharCode(octet)}`;
		else if (octet < 0x20 || octet > 0x7e) text += `\\${String(octet).padStart(3, '0')}`;
		else text += String.fromCharCode(octet);
	}
	return `"${text}"`;
}
