import type { Model } from '../../config/model.ts';
import type { Answers } from './answer.ts';
import { HttpServer } from './http-server.ts';
import { type WantedServer, wantedServers } from './wanted.ts';

/** The HTTP servers of the process, for whatever model holds now. */
export class HttpServers {
	readonly #answers: Answers;
	#open = new Map<string, HttpServer>();
	#last: Promise<unknown> = Promise.resolve();

	constructor(answers: Answers) {
		this.#answers = answers;
	}

	/** Servers that are open, by address as written. */
	get current(): ReadonlyMap<string, HttpServer> {
		return this.#open;
	}

	/**
	 * Opens what the model wants and is not open, keeps what stays, closes what is gone, in this order: when an address
	 * cannot be bound it rejects with `PETREL_BIND`, and everything is as it was before. One update at a time.
	 */
	update(model: Model): Promise<void> {
		return this.#inTurn(() => this.#become(wantedServers(model)));
	}

	close(): Promise<void> {
		return this.#inTurn(() => this.#become(new Map()));
	}

	#inTurn(work: () => Promise<void>): Promise<void> {
		const result = this.#last.then(work);
		this.#last = result.catch(() => {});
		return result;
	}

	async #become(wanted: ReadonlyMap<string, WantedServer>): Promise<void> {
		const next = new Map<string, HttpServer>();
		const opened: HttpServer[] = [];
		try {
			for (const [key, server] of wanted) {
				const kept = this.#open.get(key);
				if (kept === undefined) opened.push(await HttpServer.open(server, this.#answers));
				next.set(key, kept ?? opened[opened.length - 1]);
			}
		} catch (thrown) {
			await Promise.all(opened.map((server) => server.close()));
			throw thrown;
		}
		for (const [key, { routes }] of wanted) next.get(key)!.routes = routes;
		const gone = [...this.#open].filter(([key]) => !wanted.has(key));
		this.#open = next;
		await Promise.all(gone.map(([, server]) => server.close()));
	}
}
