import { tmpdir } from 'node:os';
import type { RecordingSetup } from '../../engine/query-recorder.ts';
import { Counters, counter } from '../../metrics/hot/counters.ts';
import { wallClockMs } from '../../util/clock.ts';
import { messageOf } from '../../util/errors.ts';
import type { Log } from '../log.ts';
import { Recordings } from '../record/recordings.ts';
import type { ShardReport } from '../shard-messages.ts';
import { type ControlListener, createControlListener } from './control-listener.ts';
import { controlDefault, controlOff, defaultControlPaths } from './control-path.ts';
import { bindControlSocket, NoControlSocket } from './control-socket.ts';
import { schemaVersion } from './control-target.ts';
import { ServerTarget } from './server-target.ts';
import type { ServerView } from './server-view.ts';
import { ShardCalls } from './shard-calls.ts';

const otherPath = 'Give this one a path of its own (--control PATH), or none (--control off)';

/**
 * The server's control socket, from its path to what is asked there. The server tells it what becomes of the shards; no
 * failure here keeps DNS from being served.
 */
export class Control {
	readonly #view: ServerView;
	readonly #log: Log;
	readonly #calls: ShardCalls;
	readonly #recordings: Recordings;
	#listener: ControlListener | undefined;
	#remove: (() => void) | undefined;

	constructor(view: ServerView, log: Log) {
		this.#view = view;
		this.#log = log;
		this.#calls = new ShardCalls(view);
		const nowMs = (): number => view.nowMs();
		this.#recordings = new Recordings({
			// No configuration is in use yet.
			get shards() {
				return view.shared.shards;
			},
			schema: schemaVersion,
			version: view.version,
			nowMs,
			epochMs: () => wallClockMs() - nowMs(),
			call: (command, limitMs) => this.#calls.call(command, limitMs),
			say: (text) => log.info(text),
		});
	}

	/** For a shard that starts: it records, if the others do. */
	get recording(): RecordingSetup | undefined {
		return this.#recordings.setup;
	}

	/** @param setting a path; `controlDefault`: the first usual place that can be had; `controlOff`, undefined: none */
	async open(setting: string | undefined): Promise<void> {
		if (setting === undefined || setting === controlOff) return;
		const chosen = setting !== controlDefault;
		const { env } = process;
		const surroundings = { env, uid: process.getuid?.() ?? 0, tmpdir: tmpdir() };
		const paths = chosen ? [setting] : defaultControlPaths(surroundings);
		const reasons: string[] = [];
		for (const path of paths) {
			try {
				await this.#bind(path, chosen);
				this.#log.info(`control socket ${path}: petrel status, flush, top and record use it`, { path });
				return;
			} catch (thrown) {
				reasons.push(messageOf(thrown));
				// Whoever looks in the same order finds the other one here: a place further down would never be found.
				if (thrown instanceof NoControlSocket && thrown.kind === 'taken') break;
			}
		}
		const text = `no control socket: ${reasons.join('; ')}`;
		const last = reasons.length < paths.length || chosen;
		if (last) this.#log.warn(`${text}. ${otherPath}`);
		else this.#log.info(`${text}. petrel status, flush, top and record need one: --control PATH`);
	}

	async #bind(path: string, trusted: boolean): Promise<void> {
		const { shared } = this.#view;
		const counters = new Counters(shared.counters, shared.shards);
		const listener = createControlListener(new ServerTarget(this.#view, this.#calls, this.#recordings), {
			request: () => counters.add(counter.control_requests),
			refusedConnection: () => counters.add(counter.control_connections_refused),
		});
		this.#remove = await bindControlSocket(listener.server, path, trusted);
		listener.server.on('error', (error) => this.#log.warn(`control socket ${path}: ${error.message}`));
		this.#listener = listener;
	}

	onReport(shard: number, report: ShardReport): void {
		this.#calls.onReport(shard, report);
	}

	onDeath(shard: number): void {
		this.#calls.onDeath(shard);
	}

	/** Nobody is heard any more; the socket is gone. Idempotent. */
	close(): void {
		this.#remove?.();
		this.#remove = undefined;
		this.#listener?.close();
		this.#listener = undefined;
	}
}
