/** The floor, or the upstream of the servers under test: `bench/floor/reflector.c`. */
import { setTimeout as sleep } from 'node:timers/promises';
import { freePort, type Place } from './place.ts';
import { Program } from './process.ts';

export interface ReflectorCounts {
	readonly udpQueries: number;
	readonly udpBatches: number;
	/** Ports that datagrams came from; an upstream's only. */
	readonly udpPorts: number;
	readonly ignored: number;
	readonly tcpQueries: number;
	readonly tcpConnections: number;
}

export class Reflector {
	readonly place: Place;
	readonly program: Program;
	#reports = 0;

	private constructor(place: Place, program: Program) {
		this.place = place;
		this.program = program;
	}

	static async start(path: string, core?: number, args: readonly string[] = []): Promise<Reflector> {
		const place = { address: '127.0.0.1', port: await freePort() };
		const listen = ['--listen', `${place.address}:${place.port}`];
		const program = await Program.start({ program: path, args: [...listen, ...args] }, core);
		while (!program.errors.includes('ready\n')) {
			if (!program.alive) throw new Error(`the reflector does not start: ${program.errors}`);
			await sleep(5);
		}
		return new Reflector(place, program);
	}

	/** From now on its answers have the TTL 0, or, called again, their own. An upstream only. */
	toggleTtl(): void {
		this.program.signal('SIGUSR2');
	}

	/** What it counted since it was asked last. */
	async counts(): Promise<ReflectorCounts> {
		this.program.signal('SIGUSR1');
		const wanted = this.#reports++;
		for (;;) {
			const lines = this.program.output.split('\n');
			// The last element is what follows the last line feed.
			if (lines.length > wanted + 1) return JSON.parse(lines[wanted]) as ReflectorCounts;
			if (!this.program.alive) throw new Error('the reflector has ended');
			await sleep(5);
		}
	}
}
