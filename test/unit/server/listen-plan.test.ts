import assert from 'node:assert/strict';
import { test } from 'node:test';
import type { Model, ServerBlock } from '../../../src/config/model.ts';
import { bindKeepingWildcards, expandBind } from '../../../src/net/addresses.ts';
import { followsInterfaces, type ListenAddress, planListeners } from '../../../src/server/listen-plan.ts';

const interfaces = {
	lo: [info('127.0.0.1', 'IPv4'), info('::1', 'IPv6')],
	eth0: [info('192.0.2.10', 'IPv4')],
};

function info(address: string, family: 'IPv4' | 'IPv6'): never {
	return { address, family, netmask: '', mac: '', internal: false, cidr: null } as never;
}

function block(bind: string[], ports: number[], bindExcept: string[] = []): ServerBlock {
	const keys = ports.map((port) => ({ zone: '.', port }));
	return { bind, bindExcept, keys } as unknown as ServerBlock;
}

function plan(blocks: ServerBlock[], listen: ListenAddress[] = []): string[] {
	const model = { blocks } as unknown as Model;
	const expand: typeof expandBind = (bind, except) => expandBind(bind, except, interfaces);
	return planListeners(model, listen, expand).endpoints.map(
		({ address, port, blocks }) => `${address} ${port} blocks ${blocks.join()}`,
	);
}

const rows: { name: string; blocks: ServerBlock[]; listen?: ListenAddress[]; endpoints: string[] }[] = [
	{
		name: 'blocks that share an address and port share the socket',
		blocks: [block(['127.0.0.1'], [53]), block(['127.0.0.1'], [53]), block(['127.0.0.1'], [5300])],
		endpoints: ['127.0.0.1 53 blocks 0,1', '127.0.0.1 5300 blocks 2'],
	},
	{
		name: 'each port of a block',
		blocks: [block(['127.0.0.1', '::1'], [53, 5300, 53])],
		endpoints: ['127.0.0.1 53 blocks 0', '127.0.0.1 5300 blocks 0', '::1 53 blocks 0', '::1 5300 blocks 0'],
	},
	{
		name: 'no bind means every local address',
		blocks: [block([], [53])],
		endpoints: ['127.0.0.1 53 blocks 0', '::1 53 blocks 0', '192.0.2.10 53 blocks 0'],
	},
	{
		name: 'an interface, a wildcard, an exception',
		blocks: [block(['eth0'], [53]), block(['0.0.0.0'], [53], ['127.0.0.1'])],
		endpoints: ['192.0.2.10 53 blocks 0,1'],
	},
	{
		name: '--listen takes the place of binds and ports, for all blocks',
		blocks: [block(['192.0.2.10'], [53]), block([], [5300])],
		listen: [{ address: '127.0.0.1', port: 1053 }],
		endpoints: ['127.0.0.1 1053 blocks 0,1'],
	},
	{
		name: '--listen without an address',
		blocks: [block(['192.0.2.10'], [53])],
		listen: [{ address: undefined, port: 1053 }],
		endpoints: ['127.0.0.1 1053 blocks 0', '::1 1053 blocks 0', '192.0.2.10 1053 blocks 0'],
	},
];

for (const { name, blocks, listen, endpoints } of rows) {
	test(`listen plan: ${name}`, () => assert.deepEqual(plan(blocks, listen), endpoints));
}

test('listen plan: what answers on a wildcard answers at the addresses of its family and port too', () => {
	const model = {
		blocks: [block(['127.0.0.1', '::1'], [53]), block(['0.0.0.0'], [53]), block(['127.0.0.1'], [5300])],
	} as unknown as Model;
	const { endpoints } = planListeners(model, [], (bind, except) =>
		bindKeepingWildcards(bind, except, interfaces),
	);
	assert.deepEqual(
		endpoints.map(({ address, port, blocks }) => `${address} ${port} blocks ${blocks.join()}`),
		['127.0.0.1 53 blocks 0,1', '::1 53 blocks 0', '0.0.0.0 53 blocks 1', '127.0.0.1 5300 blocks 2'],
	);
});

test('an interface that is not there is named', () => {
	const model = { blocks: [block(['eth7', '127.0.0.1'], [53])] } as unknown as Model;
	assert.deepEqual(planListeners(model, [], (bind, except) => expandBind(bind, except, interfaces)).unknown, [
		'eth7',
	]);
});

test('only wildcards and interface names follow the addresses of the machine', () => {
	const follows = (bind: string[], listen: ListenAddress[] = []): boolean =>
		followsInterfaces({ blocks: [block(bind, [53])] } as unknown as Model, listen);
	assert.equal(follows([]), true);
	assert.equal(follows(['0.0.0.0']), true);
	assert.equal(follows(['::']), true);
	assert.equal(follows(['eth0']), true);
	assert.equal(follows(['127.0.0.1', '::1']), false);
	assert.equal(follows([], [{ address: '127.0.0.1', port: 53 }]), false);
	assert.equal(follows(['127.0.0.1'], [{ address: undefined, port: 53 }]), true);
});

test('listen plan: an endpoint knows which keys answer there, and with --listen all do', () => {
	const model = { blocks: [block(['127.0.0.1'], [53, 5300])] } as unknown as Model;
	const keyPorts = (listen: ListenAddress[]): unknown[] =>
		planListeners(model, listen).endpoints.map(({ port, keyPort }) => [port, keyPort]);
	assert.deepEqual(keyPorts([]), [
		[53, 53],
		[5300, 5300],
	]);
	assert.deepEqual(keyPorts([{ address: '127.0.0.1', port: 1053 }]), [[1053, undefined]]);
});
