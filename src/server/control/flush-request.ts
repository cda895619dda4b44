import type { FlushScope } from '../../cache/flush-scope.ts';
import type { Model } from '../../config/model.ts';
import { normalizeZone } from '../../config/zone-name.ts';
import { PetrelError } from '../../util/errors.ts';
import { typeNumber } from '../../wire/iana.ts';
import { nameToLowerCaseWire } from '../../wire/presentation.ts';
import type { FlushRequest } from './control-target.ts';

function refuse(message: string): never {
	throw new PetrelError('PETREL_CONFIG', message);
}

const fieldTypes: Readonly<Record<string, string>> = {
	name: 'string',
	all: 'boolean',
	suffix: 'boolean',
	type: 'string',
	block: 'string',
};

/** Reads the body of `POST /flush`. Throws `PETREL_CONFIG` for what is none. */
export function readFlushRequest(body: string): FlushRequest {
	let value: unknown;
	try {
		value = JSON.parse(body);
	} catch {
		refuse('a flush is asked for by a JSON object such as {"name": "www.example.org"}');
	}
	if (typeof value !== 'object' || value === null || Array.isArray(value)) {
		refuse('a flush is asked for by a JSON object such as {"name": "www.example.org"}');
	}
	for (const [field, content] of Object.entries(value)) {
		if (!Object.hasOwn(fieldTypes, field)) {
			refuse(`a flush has no "${field}"; it has ${Object.keys(fieldTypes).join(', ')}`);
		}
		if (typeof content !== fieldTypes[field]) refuse(`"${field}" of a flush is a ${fieldTypes[field]}`);
	}
	return value as FlushRequest;
}

/** What a request means for the configuration that runs. Throws `PETREL_CONFIG` for what makes no sense. */
export function scopeOf(request: FlushRequest, model: Model, cacheIds: readonly number[]): FlushScope {
	const { name, all = false, suffix = false, type, block } = request;
	if (all === (name !== undefined)) {
		refuse('a flush is of one name (with `suffix`: and all below it) or of `all`: say either');
	}
	if (all && suffix) refuse('`all` is everything: `suffix` belongs to a name');
	const qtype = type === undefined ? undefined : typeNumber(type);
	if (type !== undefined && qtype === undefined) {
		refuse(`${type} is no DNS type: name one such as A, AAAA, MX, TXT, or write TYPE65 for number 65`);
	}
	return {
		name: name === undefined ? undefined : nameToLowerCaseWire(name),
		below: suffix,
		qtype,
		blocks: block === undefined ? undefined : blocksOf(block, model).map((number) => cacheIds[number]),
	};
}

function blocksOf(text: string, model: Model): number[] {
	const zone = normalizeZone(text);
	if (typeof zone !== 'string') refuse(`${zone.message}${zone.hint ? `: ${zone.hint}` : ''}`);
	const numbers = [...model.blocks.keys()].filter((number) =>
		model.blocks[number].keys.some((key) => key.zone === zone),
	);
	if (numbers.length > 0) return numbers;
	const zones = new Set(model.blocks.flatMap(({ keys }) => keys.map((key) => key.zone)));
	refuse(`no server block has the zone ${zone}; there are ${[...zones].join(' ')}`);
}
