/** Numbers and times in logs, read where they lie. */

const powers = Array.from({ length: 23 }, (_, exponent) => 10 ** exponent);
/** Digits whose number a double holds exactly. */
const exactDigits = 15;

/**
 * The decimal number in the text at `octets[start, end)` times `10 ** shift`; NaN: it is none. A number of up to fifteen
 * digits comes out as the double nearest to it: seconds with six digits behind the point are not spoiled on their way to
 * milliseconds.
 *
 * @param shift [0, 9]
 */
export function readDecimal(octets: Buffer, start: number, end: number, shift: number): number {
	let mantissa = 0;
	let decimals = 0;
	let seenDot = 0;
	for (let position = start; position < end; position++) {
		const octet = octets[position];
		if (octet === 0x2e && seenDot === 0) {
			seenDot = 1;
			continue;
		}
		if (octet < 0x30 || octet > 0x39) return readUnusual(octets, start, end, shift);
		mantissa = mantissa * 10 + octet - 0x30;
		decimals += seenDot;
	}
	const digits = end - start - seenDot;
	if (digits === 0) return Number.NaN;
	if (digits > exactDigits + 1) return readUnusual(octets, start, end, shift);
	return decimals > shift ? mantissa / powers[decimals - shift] : mantissa * powers[shift - decimals];
}

const unusual = /^[-+]?(?:\d+\.?\d*|\.\d+)(?:e[-+]?\d+)?$/i;

function readUnusual(octets: Buffer, start: number, end: number, shift: number): number {
	const text = octets.toString('latin1', start, end);
	return unusual.test(text) ? Number(text) * powers[shift] : Number.NaN;
}

/** A whole number in [0, 65,535] at `octets[start, end)`, or -1. */
export function readUint16Text(octets: Uint8Array, start: number, end: number): number {
	if (end <= start || end - start > 5) return -1;
	let value = 0;
	for (let position = start; position < end; position++) {
		const digit = octets[position] - 0x30;
		if (digit < 0 || digit > 9) return -1;
		value = value * 10 + digit;
	}
	return value <= 0xffff ? value : -1;
}

const timestamp =
	/(?<!\d)(\d{4}-\d\d-\d\d)[T ](\d\d:\d\d:\d\d)(?:[.,](\d{1,9})\d*)?(Z|[+-]\d\d:?\d\d)?(?![\d:])/;
let lastSecond = '';
let lastSecondMs = Number.NaN;

/** The first RFC 3339 timestamp in a text, in ms since 1970; NaN: there is none. Without a zone it is taken as UTC. */
export function readTimestamp(text: string): number {
	const match = timestamp.exec(text);
	if (!match) return Number.NaN;
	const [, day, time, fraction = '', zone = 'Z'] = match;
	const second = `${day}T${time}${zone.length === 5 ? `${zone.slice(0, 3)}:${zone.slice(3)}` : zone}`;
	if (second !== lastSecond) {
		lastSecond = second;
		lastSecondMs = Date.parse(second);
	}
	return fraction === '' ? lastSecondMs : lastSecondMs + (Number(fraction) * 1000) / powers[fraction.length];
}
