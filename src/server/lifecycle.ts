import type { Log } from './log.ts';

/** How long clients that wait are still served after SIGTERM. */
export const stopGraceMs = 5000;

/** What the signals work on. */
export interface Operated {
	/** Ends in good order; clients that wait get their answers, for at most `graceMs`. */
	stop(graceMs: number): Promise<void>;
	reload(why: string): Promise<void>;
	counters(): Readonly<Record<string, number>>;
}

/**
 * Connects a server to the process's signals: SIGTERM and SIGINT end it in good order, a second one at once; SIGHUP and
 * SIGUSR1 read the configuration again; SIGUSR2 writes every counter as one line of JSON to stdout. Resolves when the
 * server has ended after a signal.
 */
export function runUntilSignal(server: Operated, log: Log): Promise<void> {
	const { promise, resolve, reject } = Promise.withResolvers<void>();
	let stopping = false;
	const stop = (signal: NodeJS.Signals): void => {
		if (stopping) process.exit(1);
		stopping = true;
		log.info(`${signal}: stopping, clients that wait are served for up to ${stopGraceMs / 1000} s`, {
			signal,
		});
		server.stop(stopGraceMs).then(resolve, reject);
	};
	const reload = (signal: NodeJS.Signals): void => {
		if (!stopping) server.reload(signal).catch(reject);
	};
	process.on('SIGTERM', stop);
	process.on('SIGINT', stop);
	process.on('SIGHUP', reload);
	process.on('SIGUSR1', reload);
	process.on('SIGUSR2', () => process.stdout.write(`${JSON.stringify(server.counters())}\n`));
	return promise;
}
