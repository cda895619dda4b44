import { corednsRcode, corednsType } from '../../wire/coredns-text.ts';
import { rcodeNumber, typeNumber } from '../../wire/iana.ts';

/**
 * Types, classes and RCODEs as files of queries and logs name them. Names repeat from line to line, so what was found
 * once is kept; names that are none are not, since a file can hold any number of them.
 */

/** Types that dnsperf knows and neither IANA's table here nor CoreDNS's has. */
const dnsperfTypes = { WKS: 11, NSAP: 22, A6: 38, SINK: 40, DOA: 259 } as const;
/** Zeek's names for QTYPE and QCLASS that are not in its own table, with the number behind. */
const zeekNumber = /^(?:query|qclass)-(\d{1,5})$/;
const zeekClasses = { C_INTERNET: 1, C_CHAOS: 3, C_HESIOD: 4, C_NONE: 254, C_ANY: 255 } as const;
const classes = { ...zeekClasses, IN: 1, CS: 2, CH: 3, HS: 4, NONE: 254, ANY: 255 } as const;

const knownTypes = new Map<string, number>();
/** More spellings than these (`a`, `A`, `Aaaa`...) are looked up anew each time. */
const knownTypesMax = 1000;

/** A type's number by its mnemonic, in any case, or by TYPEnnn; undefined: no type. */
export function readType(text: string): number | undefined {
	const known = knownTypes.get(text);
	if (known !== undefined) return known;
	const upper = text.toUpperCase();
	const number =
		typeNumber(text) ??
		(Object.hasOwn(dnsperfTypes, upper) ? dnsperfTypes[upper as 'WKS'] : undefined) ??
		corednsNames().get(upper);
	if (number !== undefined && knownTypes.size < knownTypesMax) knownTypes.set(text, number);
	return number;
}

let corednsTypes: Map<string, number> | undefined;

/** By what is written, so that whatever petrel or CoreDNS logs is read again. */
function corednsNames(): Map<string, number> {
	if (corednsTypes) return corednsTypes;
	corednsTypes = new Map();
	for (let number = 0; number <= 0xffff; number++) {
		const name = corednsType(number);
		if (!name.startsWith('TYPE')) corednsTypes.set(name.toUpperCase(), number);
	}
	return corednsTypes;
}

/** As Zeek names types: `*` is ANY, `query-65` a number. */
export function readZeekType(text: string): number | undefined {
	return text === '*' ? 255 : (readType(text) ?? zeekNumberOf(text));
}

/** CoreDNS's and Zeek's names of classes, and CLASSnnn. */
export function readClass(text: string): number | undefined {
	if (Object.hasOwn(classes, text)) return classes[text as 'IN'];
	const number = /^CLASS(\d{1,5})$/.exec(text);
	return number ? upTo16Bits(number[1]) : zeekNumberOf(text);
}

function zeekNumberOf(text: string): number | undefined {
	const number = zeekNumber.exec(text);
	return number ? upTo16Bits(number[1]) : undefined;
}

function upTo16Bits(digits: string): number | undefined {
	const number = Number(digits);
	return number <= 0xffff ? number : undefined;
}

const corednsRcodes = new Map<string, number>();
for (let code = 0xfff; code >= 0; code--) corednsRcodes.set(corednsRcode(code), code);

/** As CoreDNS writes RCODEs: a name, or a number where it has none. */
export function readRcode(text: string): number | undefined {
	return corednsRcodes.get(text) ?? rcodeNumber(text);
}
