/** Addresses that come and go while the server runs; 127.0.0.0/8 is all local, so real sockets can be probed. */
import assert from 'node:assert/strict';
import { createSocket } from 'node:dgram';
import { once } from 'node:events';
import { test } from 'node:test';
import type { Model } from '../../../src/config/model.ts';
import { EndpointBook } from '../../../src/server/endpoint-book.ts';
import { settleEndpoint } from '../../../src/server/free-endpoint.ts';
import type { ListenPlan } from '../../../src/server/listen-plan.ts';
import { createLog } from '../../../src/server/log.ts';

const wildcard = {
	blocks: [{ bind: [], bindExcept: [], keys: [{ zone: '.', port: 0 }] }],
} as unknown as Model;

function planOf(...addresses: string[]): ListenPlan {
	return {
		endpoints: addresses.map((address) => ({ address, port: 0, blocks: [0], keyPort: 0 })),
		unknown: [],
	};
}

function openBook(first: ListenPlan, model = wildcard) {
	let plan = first;
	const happened: string[] = [];
	const book = new EndpointBook({
		model,
		listen: [],
		wildcards: false,
		log: createLog('coredns', (line) => happened.push(line.replace(/:\d+/, ':PORT'))),
		onAdded: ({ number, address }) => happened.push(`added ${number} ${address}`),
		onRemoved: (number) => happened.push(`removed ${number}`),
		plan: () => plan,
	});
	return { book, happened, become: (next: ListenPlan) => (plan = next) };
}

test('an address that comes is added, one that goes is removed, and its number stays its own', async () => {
	const { book, happened, become } = openBook(planOf('127.0.0.1', '127.0.0.2'));
	await book.open();
	assert.deepEqual(
		book.current.map(({ number, address }) => `${number} ${address}`),
		['0 127.0.0.1', '1 127.0.0.2'],
	);
	assert.ok(book.current.every(({ port }) => port > 0));
	become(planOf('127.0.0.1', '127.0.0.3'));
	await book.look();
	become(planOf('127.0.0.1', '127.0.0.2', '127.0.0.3'));
	await book.look();
	const changes = happened.filter((line) => !line.startsWith('['));
	assert.deepEqual(changes, ['removed 1', 'added 2 127.0.0.3', 'added 1 127.0.0.2']);
	await book.look();
	assert.equal(
		happened.filter((line) => !line.startsWith('[')).length,
		3,
		'nothing changed, nothing happens',
	);
	book.close();
});

test('an endpoint that a shard could not bind is given up, said once, and tried again', async () => {
	const { book, happened } = openBook(planOf('127.0.0.1', '127.0.0.2'));
	await book.open();
	for (let round = 0; round < 2; round++) {
		book.giveUp(1, 'some reason');
		await book.look();
	}
	const changes = happened.filter((line) => !line.includes('new'));
	assert.deepEqual(changes, [
		'removed 1',
		'[WARNING] not listening on 127.0.0.2:PORT: some reason',
		'added 1 127.0.0.2',
		'removed 1',
		'[WARNING] not listening on 127.0.0.2:PORT: some reason',
		'added 1 127.0.0.2',
	]);
	book.close();
});

test('an address that this machine does not have is left out where all are meant, and an error where it is named', async () => {
	const plan = planOf('127.0.0.1', '192.0.2.1');
	const following = openBook(plan);
	await following.book.open();
	assert.deepEqual(
		following.book.current.map(({ address }) => address),
		['127.0.0.1'],
	);
	const named = { blocks: [{ bind: ['127.0.0.1', '192.0.2.1'] }] } as unknown as Model;
	await assert.rejects(openBook(plan, named).book.open(), {
		code: 'PETREL_BIND',
		message: /192\.0\.2\.1.*EADDRNOTAVAIL/,
	});
});

test('no address at all is an error that names what is missing', async () => {
	const { book } = openBook({ endpoints: [], unknown: ['eth7'] });
	await assert.rejects(book.open(), { code: 'PETREL_BIND', message: /eth7: no such interface.*--listen/ });
});

/** A port that is free at one address can be taken at another, by a client of another test. */
const portTries = 10;

async function openBesideAnother(messages: string[]): Promise<{ book: EndpointBook; port: number }> {
	for (let tries = 1; ; tries++) {
		const other = createSocket('udp4');
		other.bind(0, '127.0.0.9');
		await once(other, 'listening');
		const { port } = other.address();
		const book = new EndpointBook({
			model: {
				blocks: [{ bind: ['0.0.0.0'], bindExcept: [], keys: [{ zone: '.', port }] }],
			} as unknown as Model,
			listen: [],
			wildcards: true,
			log: createLog('coredns', (line) => messages.push(line)),
			onAdded: () => {},
			onRemoved: () => {},
		});
		try {
			await book.open();
			return { book, port };
		} catch (thrown) {
			if (tries === portTries) throw thrown;
		} finally {
			book.close();
			other.close();
		}
	}
}

test('a wildcard whose port is in use at one address: the others have a socket each', async () => {
	const messages: string[] = [];
	const { book, port } = await openBesideAnother(messages);
	const addresses = book.current.map(({ address }) => address);
	assert.ok(addresses.includes('127.0.0.1') && !addresses.includes('0.0.0.0'), addresses.join());
	assert.match(messages.join(), new RegExp(`0\\.0\\.0\\.0:${port} is in use at some address`));
});

test('a port that somebody serves on with SO_REUSEPORT is in use all the same', async () => {
	const other = createSocket({ type: 'udp4', reusePort: true });
	other.bind(0, '127.0.0.1');
	await once(other, 'listening');
	const endpoint = { address: '127.0.0.1', port: other.address().port, blocks: [0], keyPort: undefined };
	await assert.rejects(settleEndpoint(endpoint), { code: 'PETREL_BIND', message: /EADDRINUSE.*--listen/ });
	other.close();
});
