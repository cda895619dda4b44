import assert from 'node:assert/strict';
import { test } from 'node:test';
import { InvalidArgumentError } from 'commander';
import {
	collect,
	parseCacheSize,
	parseDuration,
	parseListen,
	parsePort,
	parseQueryServer,
	parseSize,
	parseWorkers,
} from '../../../src/cli/values.ts';

type Parse = (text: string) => unknown;

const valid: [string, Parse, string, unknown][] = [
	['octets without a unit', parseSize, '1000', 1000],
	['binary units', parseSize, '32MiB', 32 * 1024 ** 2],
	['decimal units', parseSize, '2kB', 2000],
	['short units are binary, in any case', parseSize, '1g', 1024 ** 3],
	['a fraction', parseSize, '1.5 KiB', 1536],
	['the smallest cache', parseCacheSize, '1MiB', 1024 ** 2],
	['a duration', parseDuration, '2s', 2000],
	['a compound duration', parseDuration, '1m30s', 90_000],
	['milliseconds', parseDuration, '500ms', 500],
	['workers', parseWorkers, '4', 4],
	['port 0', parsePort, '0', 0],
	['IPv4 to listen on', parseListen, '127.0.0.1:53', { address: '127.0.0.1', port: 53 }],
	['IPv6 to listen on', parseListen, '[::1]:53', { address: '::1', port: 53 }],
	['every address', parseListen, ':53', { address: undefined, port: 53 }],
	['a server', parseQueryServer, '@192.0.2.1', { address: '192.0.2.1', port: undefined }],
	['a server with a port', parseQueryServer, '@192.0.2.1:5300', { address: '192.0.2.1', port: 5300 }],
	['a server by IPv6', parseQueryServer, '@2001:db8::1', { address: '2001:db8::1', port: undefined }],
	['a server by IPv6 with a port', parseQueryServer, '@[::1]:5300', { address: '::1', port: 5300 }],
];

for (const [name, parse, text, value] of valid) {
	test(`${name}: ${text}`, () => assert.deepEqual(parse(text), value));
}

const invalid: [string, Parse, string][] = [
	['no number', parseSize, 'MiB'],
	['an unknown unit', parseSize, '3XiB'],
	['a negative size', parseSize, '-1'],
	['too small a cache', parseCacheSize, '1000'],
	['too large a cache', parseCacheSize, '65GiB'],
	['a duration without a unit', parseDuration, '5'],
	['a duration with a rest', parseDuration, '5s!'],
	['no workers', parseWorkers, '0'],
	['too many workers', parseWorkers, '33'],
	['half a worker', parseWorkers, '1.5'],
	['a port out of range', parsePort, '65536'],
	['no port to listen on', parseListen, '127.0.0.1'],
	['IPv6 without brackets', parseListen, '::1:53:'],
	['a name to listen on', parseListen, 'localhost:53'],
	['a server by name', parseQueryServer, '@dns.example'],
	['nothing', parseQueryServer, '@'],
];

for (const [name, parse, text] of invalid) {
	test(`refused: ${name}: ${text}`, () => assert.throws(() => parse(text), InvalidArgumentError));
}

test('a repeated flag collects, and one value may hold several', () => {
	const ports = collect(parsePort);
	assert.deepEqual(ports('54', ports('1, 2 53', [])), [1, 2, 53, 54]);
});
