import assert from 'node:assert/strict';
import { describe, it } from 'node:test';
import {
	bindKeepingWildcards,
	expandBind,
	type Interfaces,
	isWildcard,
	localAddresses,
} from '../../../src/net/addresses.ts';

function info(address: string) {
	const shared = { netmask: '', mac: '', internal: false, cidr: null };
	return address.includes(':')
		? { ...shared, address, family: 'IPv6' as const, scopeid: 0 }
		: { ...shared, address, family: 'IPv4' as const };
}

const interfaces: Interfaces = {
	lo: [info('127.0.0.1'), info('::1')],
	eth0: [info('10.1.2.3'), info('10.1.2.4'), info('fd00::2'), info('fe80::1')],
	dummy0: [info('169.254.20.10')],
	empty: [],
};

const everyAddress = ['127.0.0.1', '::1', '10.1.2.3', '10.1.2.4', 'fd00::2', '169.254.20.10'];

interface Case {
	readonly what: string;
	readonly bind: string[];
	readonly except?: string[];
	readonly addresses: string[];
	readonly unknown?: string[];
}

const cases: Case[] = [
	{ what: 'no list is every local address', bind: [], addresses: everyAddress },
	{ what: 'an address is kept', bind: ['10.1.2.3'], addresses: ['10.1.2.3'] },
	{ what: 'also one that this machine has not', bind: ['192.0.2.99'], addresses: ['192.0.2.99'] },
	{ what: 'an interface is its addresses', bind: ['eth0'], addresses: ['10.1.2.3', '10.1.2.4', 'fd00::2'] },
	{ what: 'an interface may have none', bind: ['empty'], addresses: [] },
	{
		what: '0.0.0.0 is every IPv4 address',
		bind: ['0.0.0.0'],
		addresses: everyAddress.filter((a) => !a.includes(':')),
	},
	{ what: ':: is every IPv6 address', bind: ['::'], addresses: ['::1', 'fd00::2'] },
	{
		what: 'each address once, in order',
		bind: ['fd00:0::2', 'eth0', 'FD00::0002'],
		addresses: ['fd00::2', '10.1.2.3', '10.1.2.4'],
	},
	{ what: 'a mapped address is the IPv4 one', bind: ['::ffff:10.1.2.3'], addresses: ['10.1.2.3'] },
	{
		what: 'a link-local address with its interface is kept',
		bind: ['fe80::1%eth0'],
		addresses: ['fe80::1%eth0'],
	},
	{
		what: 'except takes addresses out',
		bind: ['eth0'],
		except: ['10.1.2.4', 'FD00::2'],
		addresses: ['10.1.2.3'],
	},
	{ what: 'except takes interfaces out', bind: [], except: ['eth0', 'lo'], addresses: ['169.254.20.10'] },
	{
		what: 'except takes a family out',
		bind: [],
		except: ['::'],
		addresses: everyAddress.filter((a) => !a.includes(':')),
	},
	{
		what: 'names that nothing has are told',
		bind: ['eth7', 'lo', 'eth7', '10.1.2', '300.1.1.1', 'toString'],
		except: ['docker0'],
		addresses: ['127.0.0.1', '::1'],
		unknown: ['eth7', '10.1.2', '300.1.1.1', 'toString', 'docker0'],
	},
];

describe('expandBind', () => {
	for (const { what, bind, except = [], addresses, unknown = [] } of cases) {
		it(what, () => assert.deepEqual(expandBind(bind, except, interfaces), { addresses, unknown }));
	}
});

const keptCases: Case[] = [
	{ what: 'no list is both wildcards', bind: [], addresses: ['0.0.0.0', '::'] },
	{ what: 'a wildcard stays, however it is written', bind: ['0:0::'], addresses: ['::'] },
	{
		what: 'each once, beside others',
		bind: ['lo', '::', '0.0.0.0', '::'],
		addresses: ['::', '0.0.0.0', '127.0.0.1', '::1'],
	},
	{
		what: 'an exception needs a socket for each other address',
		bind: ['0.0.0.0'],
		except: ['eth0'],
		addresses: ['127.0.0.1', '169.254.20.10'],
	},
	{ what: 'names that nothing has are told', bind: ['eth7'], addresses: [], unknown: ['eth7'] },
];

describe('bindKeepingWildcards', () => {
	for (const { what, bind, except = [], addresses, unknown = [] } of keptCases) {
		it(what, () => assert.deepEqual(bindKeepingWildcards(bind, except, interfaces), { addresses, unknown }));
	}
});

describe('isWildcard', () => {
	it('knows both families', () => {
		assert.deepEqual(['0.0.0.0', '::', '0::0', '::1', '127.0.0.1', 'lo', ''].map(isWildcard), [
			true,
			true,
			true,
			false,
			false,
			false,
			false,
		]);
	});
});

describe('localAddresses', () => {
	it('has all addresses of all interfaces but link-local ones', () => {
		assert.deepEqual(localAddresses(interfaces), everyAddress);
	});

	it('has the loopback of this machine', () => assert.ok(localAddresses().includes('127.0.0.1')));
});
