import { spawn } from 'node:child_process';
import { sendToUnixSocket } from '../net/native/notify.ts';
import { monotonicUsec } from '../util/clock.ts';
import { messageOf } from '../util/errors.ts';
import type { Log } from './log.ts';

/** How long `systemd-notify` may take. */
const programLimitMs = 2000;

/**
 * Tells systemd how the service is (sd_notify(3); `Type=notify`, or `notify-reload`), where NOTIFY_SOCKET says that it
 * listens, and beats its watchdog where WATCHDOG_USEC says how often. By the addon, or else by the program
 * `systemd-notify`, which needs `NotifyAccess=all`. Elsewhere all of it does nothing.
 */
export class ServiceManager {
	readonly #socket: string | undefined;
	readonly #watchdogMs: number;
	readonly #log: Log;
	#watchdog: NodeJS.Timeout | undefined;
	#complained = false;

	constructor(env: NodeJS.ProcessEnv, log: Log) {
		this.#socket = env.NOTIFY_SOCKET || undefined;
		const forUs = env.WATCHDOG_PID === undefined || Number(env.WATCHDOG_PID) === process.pid;
		this.#watchdogMs = forUs ? Number(env.WATCHDOG_USEC ?? 0) / 1000 : 0;
		this.#log = log;
		// What this process starts must not speak for it.
		delete env.NOTIFY_SOCKET;
	}

	/** @param isHealthy asked before each beat of the watchdog */
	ready(status: string, isHealthy: () => boolean): void {
		this.#tell('READY=1', `STATUS=${status}`);
		if (!this.#socket || !(this.#watchdogMs > 0)) return;
		this.#watchdog ??= setInterval(() => {
			if (isHealthy()) this.#tell('WATCHDOG=1');
		}, this.#watchdogMs / 2);
	}

	reloading(): void {
		this.#tell('RELOADING=1', `MONOTONIC_USEC=${monotonicUsec()}`);
	}

	stopping(): void {
		clearInterval(this.#watchdog);
		this.#tell('STOPPING=1');
	}

	#tell(...states: string[]): void {
		const socket = this.#socket;
		if (socket === undefined) return;
		try {
			if (!sendToUnixSocket(socket, states.join('\n'))) this.#runProgram(socket, states);
		} catch (thrown) {
			this.#complain(messageOf(thrown));
		}
	}

	#runProgram(socket: string, states: readonly string[]): void {
		const program = spawn('systemd-notify', [`--pid=${process.pid}`, ...states], {
			env: { ...process.env, NOTIFY_SOCKET: socket },
			stdio: 'ignore',
			timeout: programLimitMs,
		});
		program.on('error', (error) => this.#complain(error.message));
		program.unref();
	}

	#complain(reason: string): void {
		if (this.#complained) return;
		this.#complained = true;
		this.#log.warn(`systemd is not told how this service is: ${reason}`);
	}
}
