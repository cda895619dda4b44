/**
 * Whether an object is one of DNS-OARC's dns-metrics (version 20240530), written from the description of its fields:
 * types, what is required, and that whole numbers are whole. Integers may be bigints: times of the calendar in
 * nanoseconds do not fit a number.
 */
import assert from 'node:assert/strict';

type Fields = Readonly<Record<string, unknown>>;

/** Parses JSON without losing digits: integers beyond 2^53 become bigints. */
export function parseExactly(text: string): unknown {
	const large = /(?<=[[,:]\s*)\d{16,}(?=\s*[,\]}])/g;
	return JSON.parse(text.replace(large, '"bigint $&"'), (_, value: unknown) =>
		typeof value === 'string' && value.startsWith('bigint ') ? BigInt(value.slice(7)) : value,
	);
}

function fieldsOf(value: unknown, where: string): Fields {
	assert.ok(typeof value === 'object' && value !== null && !Array.isArray(value), `${where} is no object`);
	return value as Fields;
}

function integer(value: unknown, where: string): void {
	const fine = typeof value === 'bigint' || (Number.isSafeInteger(value) && (value as number) >= 0);
	assert.ok(fine, `${where} is no integer: ${value}`);
}

function text(value: unknown, where: string): void {
	assert.equal(typeof value, 'string', `${where} is no string`);
}

function number(value: unknown, where: string): void {
	assert.equal(typeof value, 'number', `${where} is no number`);
}

type Check = (value: unknown, where: string) => void;

function shape(
	value: unknown,
	where: string,
	required: Record<string, Check>,
	optional: Record<string, Check>,
): void {
	const fields = fieldsOf(value, where);
	for (const key of Object.keys(required)) assert.ok(key in fields, `${where} has no ${key}`);
	for (const [key, field] of Object.entries(fields)) {
		const check = required[key] ?? optional[key];
		assert.ok(check, `${where}.${key} is not known`);
		check(field, `${where}.${key}`);
	}
}

function listOf(check: Check): Check {
	return (value, where) => {
		assert.ok(Array.isArray(value), `${where} is no list`);
		for (const [place, item] of value.entries()) check(item, `${where}[${place}]`);
	};
}

const counted: Check = (value, where) => {
	if (typeof value === 'number') return integer(value, where);
	shape(value, where, {}, { queries: integer, responses: integer });
};

const rcodes: Check = (value, where) => {
	for (const [name, count] of Object.entries(fieldsOf(value, where))) {
		assert.match(name, /^[A-Z][A-Z0-9]+$/);
		integer(count, `${where}.${name}`);
	}
};

const bucket: Check = (value, where) => {
	listOf(integer)(value, where);
	const [from, to, count, ...others] = value as number[];
	assert.ok(from <= to && count > 0 && others.length === 0, `${where} is no bucket`);
};

const latency: Check = (value, where) => {
	shape(
		value,
		where,
		{},
		{ avg: integer, min: integer, max: integer, stddev: integer, buckets: listOf(bucket) },
	);
};

const connections: Check = (value, where) => {
	const udp: Record<string, Check> = {
		packets_sent: integer,
		packets_received: integer,
		socket_errors: integer,
	};
	const { type } = fieldsOf(value, where);
	if (type === 'udp') return shape(value, where, { type: text }, udp);
	assert.equal(type, 'tcp');
	shape(value, where, { type: text }, { ...udp, handshakes: integer, handshakes_failed: integer });
};

const identity: Record<string, Check> = { runid: text, type: text };

export function checkDnsMetrics(value: unknown): void {
	const { type } = fieldsOf(value, 'object');
	const where = String(type);
	if (type === 'header') {
		const required = {
			schema_version: integer,
			generator: text,
			generator_version: text,
			stats_interval: number,
		};
		const optional = {
			generator_params: listOf(text),
			time_units_per_sec: integer,
			timeout: number,
			subid: text,
		};
		shape(value, where, { ...identity, ...required }, optional);
	} else if (type === 'event') {
		shape(value, where, { ...identity, msg: text }, { msg_type: text, subid: text });
	} else {
		checkStats(value, where);
	}
}

/** @param where its type */
function checkStats(value: unknown, where: string): void {
	assert.ok(where === 'stats_periodic' || where === 'stats_sum', `${where} is no type`);
	const counts = Object.fromEntries(
		['sent', 'received', 'timeouts', 'interrupted', 'unexpected', 'discarded'].map((key) => [key, counted]),
	);
	shape(
		value,
		where,
		{ ...identity, since: integer, until: integer },
		{ ...counts, subid: text, response_rcodes: rcodes, response_latency: latency, conn_info: connections },
	);
}
