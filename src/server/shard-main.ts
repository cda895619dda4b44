import { Engine } from '../engine/engine.ts';
import { Counters, counter } from '../metrics/hot/counters.ts';
import { openTransport } from '../net/open-transport.ts';
import { openTcpListener } from '../net/tcp-listener.ts';
import type { TcpLimits } from '../net/transport.ts';
import { openUpstreamSockets } from '../net/upstream-sockets.ts';
import { systemClock } from '../util/clock.ts';
import { messageOf, PetrelError } from '../util/errors.ts';
import { cryptoRandom } from '../util/random.ts';
import { sharedConnectionSlots, tcpConnectionsMax } from './connection-slots.ts';
import { Shard } from './shard.ts';
import type { Endpoint, ShardCommand, ShardEnd, ShardReport, ShardTask } from './shard-messages.ts';
import { transportCounters } from './transport-counters.ts';
import { forwardsOf } from './upstream-directory.ts';

const tcpLimits: TcpLimits = {
	maxConnections: tcpConnectionsMax,
	maxPipelined: 128,
	idleMs: 10_000,
	readMs: 5_000,
};

/**
 * A worker's one task: a shard that runs until it is told to stop. It ends by itself only when it cannot start; a
 * fault that nobody caught ends the thread, and the pool replaces it.
 */
export async function runShard(task: ShardTask): Promise<ShardEnd> {
	const report = (message: ShardReport): void => task.control.postMessage(message);
	const shard = createShard(task, report);
	const stopped = Promise.withResolvers<void>();
	task.control.on('message', (command: ShardCommand) => {
		obey(shard, command, report).then((goesOn) => {
			if (!goesOn) stopped.resolve();
		}, stopped.reject);
	});
	for (const doorbell of task.doorbells) shard.connect(doorbell);
	for (const forward of task.upstreams) shard.setUpstreams(forward);
	try {
		const receiveBuffers = await Promise.all(task.endpoints.map((endpoint) => shard.listen(endpoint)));
		report({ kind: 'listening', receiveBufferBytes: Math.min(...receiveBuffers) });
		await stopped.promise;
		return { kind: 'stopped' };
	} catch (thrown) {
		await shard.close();
		const code = thrown instanceof PetrelError ? thrown.code : 'PETREL_INTERNAL';
		return { kind: 'failed', code, message: messageOf(thrown) };
	} finally {
		task.control.close();
	}
}

/** Does as it is told; false when that was to end. */
async function obey(
	shard: Shard,
	command: ShardCommand,
	report: (message: ShardReport) => void,
): Promise<boolean> {
	switch (command.kind) {
		case 'listen':
			await shard.listen(command.endpoint).catch((thrown) => {
				report({ kind: 'not-bound', endpoint: command.endpoint.number, message: messageOf(thrown) });
			});
			return true;
		case 'unlisten':
			await shard.unlisten(command.endpoint);
			return true;
		case 'upstreams':
			shard.setUpstreams(command.forward);
			return true;
		case 'doorbell':
			shard.connect(command.doorbell);
			return true;
		case 'drain':
			await shard.drain(command.graceMs);
			report({ kind: 'drained' });
			return true;
		case 'close':
			await shard.close();
			return false;
	}
}

function createShard(task: ShardTask, report: (message: ShardReport) => void): Shard {
	const { model, shared, shard } = task;
	const clock = systemClock(task.originMs);
	const random = cryptoRandom();
	const row = new Counters(shared.counters, shard);
	const counters = transportCounters(row);
	const slots = sharedConnectionSlots(task.connections, shard);
	const forwards = forwardsOf(model);
	const onSocketError = ({ address, port }: Endpoint, error: Error): void =>
		report({ kind: 'fault', text: `socket ${address} port ${port}: ${error.message}` });
	const transport = openTransport({
		name: task.transport,
		originMs: task.originMs,
		clock,
		counters,
		steering: task.steering,
		trains: task.trains,
		shards: shared.shards,
	});
	transport.markBegin();
	return new Shard({
		shard,
		clock,
		mailboxes: task.mailboxes,
		createEngine: (io) =>
			new Engine({ model, shared, shard, io, random, listeners: [], times: transport.times }),
		transport,
		onUdpError: onSocketError,
		openTcp: (endpoint) =>
			openTcpListener({
				address: endpoint.address,
				port: endpoint.port,
				reusePort: true,
				limits: tcpLimits,
				slots,
				counters,
				onError: (error) => onSocketError(endpoint, error),
			}),
		openUpstreams: (events) =>
			openUpstreamSockets({
				events,
				openConnected: (...socket) => transport.openConnected(...socket),
				random,
				clock,
				counters,
			}),
		limitsOf: (forward) => forwards[forward],
		report,
		count: (event) => row.add(counter[event]),
	});
}
