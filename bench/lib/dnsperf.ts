/** dnsperf, as the benchmarks run it beside `petrel load`. */
import type { Place } from './place.ts';
import { type Command, findProgram } from './process.ts';

const program = findProgram('dnsperf');

/** Undefined if it is not on this machine. */
export const dnsperfProgram = program;

export interface DnsperfRun {
	readonly server: Place;
	/** Its input: `NAME TYPE` a line. */
	readonly queries: string;
	readonly seconds: number;
	/** Source sockets. */
	readonly clients?: number;
	/** Under way at most. Its own default is 100, in the open loop too. */
	readonly window: number;
	/** Open loop in place of as fast as answers come. */
	readonly rateQps?: number;
	/** Its own default is 5. */
	readonly timeoutSec?: number;
}

/** As much as `petrel load` asks for; its own default, 32, loses replies whenever it waits for its turn. */
const socketBufferKib = 4096;

/** Throws if there is no dnsperf. */
export function dnsperfCommand(run: DnsperfRun): Command {
	if (program === undefined) throw new Error('dnsperf is not here (Debian: dnsperf)');
	const { server, queries, seconds, window, clients, rateQps, timeoutSec } = run;
	const args = ['-s', server.address, '-p', String(server.port), '-d', queries, '-q', String(window)];
	args.push('-l', String(seconds), '-b', String(socketBufferKib));
	if (clients !== undefined) args.push('-c', String(clients));
	if (rateQps !== undefined) args.push('-Q', String(rateQps));
	if (timeoutSec !== undefined) args.push('-t', String(timeoutSec));
	return { program, args };
}

/** What dnsperf says of latency: no percentiles. */
export interface DnsperfReport {
	readonly sent: number;
	readonly completed: number;
	readonly lost: number;
	readonly averageUs: number;
	readonly maxUs: number;
}

/** Reads the statistics at the end of its output. Throws if there are none. */
export function readDnsperf(output: string): DnsperfReport {
	const number = (pattern: RegExp): number => {
		const match = pattern.exec(output);
		if (match === null) throw new Error(`dnsperf does not say ${pattern.source}: ${output.slice(-500)}`);
		return Number(match[1]);
	};
	return {
		sent: number(/Queries sent:\s+(\d+)/),
		completed: number(/Queries completed:\s+(\d+)/),
		lost: number(/Queries lost:\s+(\d+)/),
		averageUs: 1e6 * number(/Average Latency \(s\):\s+([\d.]+)/),
		maxUs: 1e6 * number(/Average Latency \(s\):.*max ([\d.]+)/),
	};
}
