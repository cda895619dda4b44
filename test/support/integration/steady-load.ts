/** Queries at a steady rate, whatever the server does, and what became of each. */
import { setTimeout as sleep } from 'node:timers/promises';
import { type Server, UdpClient } from './client.ts';
import { makeQuery } from './message.ts';

export interface SteadyLoadOptions {
	readonly queriesPerSec: number;
	/** The question of query `n`. */
	readonly nameOf: (n: number) => string;
	/** Sockets, each with a port of its own, so that all workers get some. */
	readonly sockets?: number;
	/** Longer than this a client does not wait. */
	readonly patienceMs?: number;
}

export interface SteadyResult {
	readonly sent: number;
	readonly answered: number;
	readonly lost: number;
	/** Which of them were lost, counted from 0. */
	readonly lostOnes: readonly number[];
	/** Replies by RCODE. */
	readonly rcodes: Readonly<Record<number, number>>;
}

const tickMs = 10;

/** Runs from its start until `end` is called, which waits for the last replies. */
export class SteadyLoad {
	readonly #clients: readonly UdpClient[];
	readonly #options: SteadyLoadOptions;
	readonly #exchanges: Promise<void>[] = [];
	readonly #lostOnes: number[] = [];
	readonly #rcodes: Record<number, number> = {};
	#sent = 0;
	#answered = 0;
	#running = true;
	readonly #sending: Promise<void>;

	private constructor(clients: readonly UdpClient[], options: SteadyLoadOptions) {
		this.#clients = clients;
		this.#options = options;
		this.#sending = this.#send();
	}

	static async start(server: Server, options: SteadyLoadOptions): Promise<SteadyLoad> {
		const count = options.sockets ?? 32;
		const clients = await Promise.all(Array.from({ length: count }, () => UdpClient.open(server)));
		return new SteadyLoad(clients, options);
	}

	get sent(): number {
		return this.#sent;
	}

	async end(): Promise<SteadyResult> {
		this.#running = false;
		await this.#sending;
		await Promise.all(this.#exchanges);
		for (const client of this.#clients) client.close();
		const [sent, answered] = [this.#sent, this.#answered];
		return { sent, answered, lost: sent - answered, lostOnes: this.#lostOnes, rcodes: this.#rcodes };
	}

	async #send(): Promise<void> {
		const { queriesPerSec } = this.#options;
		const startMs = performance.now();
		while (this.#running) {
			const due = ((performance.now() - startMs) * queriesPerSec) / 1000;
			while (this.#sent < due) this.#ask(this.#sent++);
			await sleep(tickMs);
		}
	}

	#ask(n: number): void {
		const { nameOf, patienceMs = 2000 } = this.#options;
		const client = this.#clients[n % this.#clients.length];
		// IDs of one socket are apart for as long as anybody waits.
		const query = makeQuery(nameOf(n), { id: Math.floor(n / this.#clients.length) % 0x1_0000 });
		const exchange = client.exchange(query, patienceMs).then(
			(reply) => {
				this.#answered++;
				const rcode = reply[3] & 0xf;
				this.#rcodes[rcode] = (this.#rcodes[rcode] ?? 0) + 1;
			},
			() => void this.#lostOnes.push(n),
		);
		this.#exchanges.push(exchange);
	}
}
