import type { LoadResult } from '../config/load.ts';
import type { Model } from '../config/model.ts';
import { cryptoRandom } from '../util/random.ts';
import { listenForFaults } from './fault-hook.ts';
import { runUntilSignal } from './lifecycle.ts';
import { PidFile } from './pid-file.ts';
import { Reloader } from './reloader.ts';
import { Server, type ServerOptions } from './server.ts';
import { ServiceManager } from './service-manager.ts';

export interface ServiceOptions extends ServerOptions {
	/** Reads the configuration again; undefined where there is no file. */
	readonly load: (() => LoadResult) | undefined;
	/** What it read the first time. */
	readonly first: LoadResult;
	/** Where the process's number is written; undefined: nowhere. */
	readonly pidFile: string | undefined;
	readonly env: NodeJS.ProcessEnv;
}

/**
 * A server as an operating system runs it: signals, reloads, a PID file, systemd. Resolves when a signal has ended it;
 * rejects when it cannot start.
 */
export async function runService(options: ServiceOptions): Promise<void> {
	const { log, load, first, env } = options;
	const pidFile = options.pidFile === undefined ? undefined : new PidFile(options.pidFile);
	pidFile?.check(log);
	const adopt = (model: Model): Promise<void> => server.adopt(model);
	const reloader = new Reloader({ load, first, adopt, log, random: cryptoRandom() });
	const server = new Server({ ...options, reloads: reloader });
	const manager = new ServiceManager(env, log);
	const sayReady = (): void => manager.ready('ready', () => server.unhealthy().length === 0);
	// Signals are heard from here on: one that comes with the ready line ends the server in good order too.
	const ended = runUntilSignal(
		{
			counters: () => server.counters(),
			async reload(why) {
				manager.reloading();
				await reloader.reload(why);
				sayReady();
			},
			async stop(graceMs) {
				manager.stopping();
				reloader.close();
				await server.stop(graceMs);
			},
		},
		log,
	);
	try {
		await server.start();
		pidFile?.write();
		listenForFaults(env, (request) => server.hurt(request));
		reloader.start();
		sayReady();
		await ended;
	} finally {
		reloader.close();
		pidFile?.remove();
	}
}
