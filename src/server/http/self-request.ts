import { Agent, get } from 'node:http';
import type { Clock } from '../../util/clock.ts';
import { messageOf } from '../../util/errors.ts';
import type { Log } from '../log.ts';
import { HealthDurations } from './health-durations.ts';

const everyMs = 1000;
const limitMs = 3000;
/** As with CoreDNS: a request within the machine that takes longer is worth a word. */
const slowMs = 1000;

/**
 * Asks the own health endpoint once a second over a real connection, and measures it: a main thread that is late shows
 * here before a probe fails.
 */
export class SelfRequests {
	readonly durations = new HealthDurations();
	readonly #clock: Clock;
	readonly #log: Log;
	readonly #agent = new Agent({ keepAlive: true, maxSockets: 1 });
	readonly #timers = new Map<string, NodeJS.Timeout>();
	readonly #failing = new Set<string>();

	constructor(clock: Clock, log: Log) {
		this.#clock = clock;
		this.#log = log;
	}

	/** @param urls of all servers that answer `/health`, without the path */
	follow(urls: readonly string[]): void {
		for (const [url, timer] of this.#timers) {
			if (urls.includes(url)) continue;
			clearInterval(timer);
			this.#timers.delete(url);
			this.#failing.delete(url);
		}
		for (const url of urls) {
			if (this.#timers.has(url)) continue;
			this.#timers.set(url, setInterval(() => this.ask(url), everyMs).unref());
		}
	}

	/** Asks once; resolves when the answer is there or the time is over. */
	async ask(url: string): Promise<void> {
		const startMs = this.#clock.nowMs();
		const failure = await this.#request(`${url}/health`);
		const tookMs = this.#clock.nowMs() - startMs;
		// The endpoint was closed meanwhile.
		if (!this.#timers.has(url)) return;
		this.durations.observe(tookMs / 1000);
		if (failure === undefined) {
			this.#failing.delete(url);
			if (tookMs > slowMs)
				this.#log.warn(`the request to ${url}/health took ${Math.round(tookMs)} ms`, { url });
			return;
		}
		this.durations.failures++;
		if (!this.#failing.has(url)) this.#log.warn(`the request to ${url}/health failed: ${failure}`, { url });
		this.#failing.add(url);
	}

	close(): void {
		this.follow([]);
		this.#agent.destroy();
	}

	/** Why there was no answer; undefined: there was one. */
	#request(url: string): Promise<string | undefined> {
		return new Promise((resolve) => {
			const signal = AbortSignal.timeout(limitMs);
			const request = get(url, { agent: this.#agent, signal }, (response) => {
				response.on('end', () => resolve(undefined)).on('error', (thrown) => resolve(messageOf(thrown)));
				response.resume();
			});
			request.on('error', (thrown) =>
				resolve(signal.aborted ? `no answer in ${limitMs} ms` : messageOf(thrown)),
			);
		});
	}
}
