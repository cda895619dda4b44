import assert from 'node:assert/strict';
import { test } from 'node:test';
import { checkTargets, isOwnNetwork, parseTarget } from '../../../src/load/target.ts';

const understood: Readonly<Record<string, [string, string, number]>> = {
	'192.0.2.1': ['udp', '192.0.2.1', 53],
	'192.0.2.1:5300': ['udp', '192.0.2.1', 5300],
	'::1': ['udp', '::1', 53],
	'[::1]:5300': ['udp', '::1', 5300],
	'[fe80::1%lo]:53': ['udp', 'fe80::1%lo', 53],
	'udp://127.0.0.1': ['udp', '127.0.0.1', 53],
	'tcp://127.0.0.1:1053': ['tcp', '127.0.0.1', 1053],
	'TCP://[2001:db8::1]': ['tcp', '2001:db8::1', 53],
};

test('a target can be given a name, which reports call it', () => {
	assert.deepEqual(parseTarget('unbound=tcp://127.0.0.1:5300'), {
		...{ text: 'unbound', transport: 'tcp' },
		...{ address: '127.0.0.1', port: 5300 },
	});
	assert.throws(() => parseTarget('unbound=dns.example'), { message: /target unbound: write an IP address/ });
});

for (const [text, [transport, address, port]] of Object.entries(understood)) {
	test(`target ${text}`, () => {
		assert.deepEqual(parseTarget(text), { text, transport, address, port });
	});
}

const refused: Readonly<Record<string, RegExp>> = {
	'dns.example': /write an IP address/,
	'127.0.0.1:0': /0 is no port/,
	'127.0.0.1:70000': /70000 is no port/,
	'127.0.0.1:dns': /write an IP address/,
	'tls://127.0.0.1': /DNS over TLS is not built yet/,
	'https://127.0.0.1/dns-query': /DNS over HTTPS is not built yet/,
	'sctp://127.0.0.1': /"sctp" is no transport/,
	'': /write an IP address/,
	'[127.0.0.1': /write an IP address/,
};

for (const [text, why] of Object.entries(refused)) {
	test(`target "${text}" is refused with a word on what to write`, () => {
		assert.throws(() => parseTarget(text), { code: 'PETREL_CONFIG', message: why });
	});
}

test('loopback and private addresses are one’s own, all others are not', () => {
	const own = ['127.0.0.1', '127.8.9.1', '::1', '10.96.0.10', '172.16.0.1', '192.168.1.1', '169.254.20.10'];
	own.push('fd00::1', 'fe80::1%eth0', '100.64.0.1', '::ffff:127.0.0.1');
	for (const address of own) assert.ok(isOwnNetwork(address), address);
	const others = ['1.1.1.1', '8.8.8.8', '172.32.0.1', '2606:4700::1111', '::ffff:8.8.8.8', '192.0.2.1'];
	others.push('224.0.0.1', '255.255.255.255', '0.0.0.0', '::');
	for (const address of others) assert.ok(!isOwnNetwork(address), address);
});

test('a public target is refused unless it is said to be one’s own', () => {
	const targets = [parseTarget('127.0.0.1'), parseTarget('1.1.1.1')];
	assert.throws(() => checkTargets(targets, false), {
		message: /target 1\.1\.1\.1: .*--i-own-this-target/,
	});
	checkTargets(targets, true);
});
