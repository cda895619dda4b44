import { threadId } from 'node:worker_threads';
import { Engine, newLargeAnswers } from '../engine/engine.ts';
import { QueryRecorder } from '../engine/query-recorder.ts';
import { Counters, counter } from '../metrics/hot/counters.ts';
import { openTransport } from '../net/open-transport.ts';
import { openTcpListener } from '../net/tcp-listener.ts';
import { openUpstreamSockets } from '../net/upstream-sockets.ts';
import { systemClock } from '../util/clock.ts';
import { messageOf, PetrelError } from '../util/errors.ts';
import { cryptoRandom } from '../util/random.ts';
import { sharedConnectionSlots } from './connection-slots.ts';
import { hurt } from './fault-hook.ts';
import { forwardsOf } from './forwards.ts';
import { Pulse } from './pulse.ts';
import { Shard, type ShardParts } from './shard.ts';
import type {
	Endpoint,
	GenerationTask,
	ShardCommand,
	ShardEnd,
	ShardReport,
	ShardTask,
} from './shard-messages.ts';
import { normalTcpLimits, tcpLimitsOf } from './tcp-limits.ts';
import { transportCounters } from './transport-counters.ts';

/**
 * A worker's one task: a shard that runs until it is told to stop. It ends by itself only when it cannot start; a
 * fault that nobody caught ends the thread, and the pool replaces it.
 */
export async function runShard(task: ShardTask): Promise<ShardEnd> {
	const report = (message: ShardReport): void => task.control.postMessage(message);
	const { shard, recorder } = createShard(task, report);
	recorder.set(task.recording);
	const stopped = Promise.withResolvers<void>();
	for (const doorbell of task.doorbells) shard.connect(doorbell);
	const pulse = new Pulse(task.pulses, task.shard, systemClock(task.originMs));
	try {
		const receiveBuffers = await Promise.all(task.endpoints.map((endpoint) => shard.listen(endpoint)));
		// Commands wait in the port until there is something that can obey.
		task.control.on('message', (command: ShardCommand) => {
			obey(shard, recorder, command, report).then((goesOn) => {
				if (!goesOn) stopped.resolve();
			}, stopped.reject);
		});
		report({ kind: 'listening', receiveBufferBytes: Math.min(...receiveBuffers), threadId });
		await stopped.promise;
		return { kind: 'stopped' };
	} catch (thrown) {
		await shard.close();
		const code = thrown instanceof PetrelError ? thrown.code : 'PETREL_INTERNAL';
		return { kind: 'failed', code, message: messageOf(thrown) };
	} finally {
		pulse.stop();
		task.control.close();
	}
}

/** Does as it is told; false when that was to end. */
async function obey(
	shard: Shard,
	recorder: QueryRecorder,
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
		case 'hosts':
			shard.setHosts(command.file);
			return true;
		case 'bind':
			report(await boundReport(shard.bind(command.endpoints)));
			return true;
		case 'unbind':
			await shard.unbind(command.endpoints);
			return true;
		case 'adopt':
			await shard.adopt(command.task);
			report({ kind: 'adopted', generation: command.task.generation });
			return true;
		case 'doorbell':
			shard.connect(command.doorbell);
			return true;
		case 'ping':
			report({ kind: 'called', call: command.call, count: 0 });
			return true;
		case 'flush':
			report({ kind: 'called', call: command.call, count: shard.flushLarge(command.scope) });
			return true;
		case 'record':
			recorder.set(command.setup);
			report({ kind: 'called', call: command.call, count: 0 });
			return true;
		case 'drain':
			await shard.drain(command.graceMs);
			report({ kind: 'drained' });
			return true;
		case 'close':
			await shard.close();
			return false;
		case 'fault':
			hurt(command.fault);
			return true;
	}
}

function boundReport(binding: Promise<void>): Promise<ShardReport> {
	return binding.then(
		() => ({ kind: 'bound' }),
		(thrown) => ({ kind: 'bound', failure: messageOf(thrown) }),
	);
}

function createShard(
	task: ShardTask,
	report: (message: ShardReport) => void,
): { shard: Shard; recorder: QueryRecorder } {
	const { shared, shard } = task;
	const clock = systemClock(task.originMs);
	const random = cryptoRandom();
	const row = new Counters(shared.counters, shard);
	const counters = transportCounters(row);
	const slots = sharedConnectionSlots(task.connections, shard);
	const large = newLargeAnswers(shared);
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
	const recorder = new QueryRecorder(shared.shards, shard, transport.times);
	const parts: ShardParts = {
		shard,
		clock,
		mailboxes: task.mailboxes,
		createEngine: ({ model, shared, cacheIds, hosts, log }: GenerationTask, io) =>
			new Engine({
				model,
				shared,
				shard,
				io,
				random,
				listeners: [],
				times: transport.times,
				cacheIds,
				large,
				hosts,
				log,
				recorder,
			}),
		transport,
		onUdpError: onSocketError,
		openTcp: (endpoint) =>
			openTcpListener({
				address: endpoint.address,
				port: endpoint.port,
				reusePort: true,
				limits: normalTcpLimits,
				slots,
				counters,
				onError: (error) => onSocketError(endpoint, error),
			}),
		tcpLimitsOf: ({ model }, { blocks }) => tcpLimitsOf(model, blocks),
		openUpstreams: (events) =>
			openUpstreamSockets({
				events,
				openConnected: (...socket) => transport.openConnected(...socket),
				random,
				clock,
				counters,
			}),
		limitsOf: ({ model }, forward) => forwardsOf(model)[forward],
		report,
		count: (event) => row.add(counter[event]),
	};
	return { shard: new Shard(parts, task), recorder };
}
