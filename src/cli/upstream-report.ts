/** What `petrel upstream` says of what it was asked: lines of JSON, and a summary for people. */
import { openSync, writeSync } from 'node:fs';
import type { UpstreamScript } from '../load/upstream/script.ts';
import type { RunningUpstream } from '../load/upstream/server.ts';
import { hostPort } from '../net/bind-error.ts';
import type { Clock } from '../util/clock.ts';
import { messageOf, PetrelError } from '../util/errors.ts';
import { countText } from './quantity-text.ts';

/** Changes when a key changes its meaning. */
const reportVersion = 1;
const stdout = '-';

/** A server that runs or has run. */
export interface Served {
	readonly script: UpstreamScript;
	readonly upstreams: readonly RunningUpstream[];
	readonly seed: number;
	/** By `clock`. */
	readonly startedMs: number;
	readonly clock: Clock;
}

/** Where reports go, a line each. */
export class ReportFile {
	readonly #path: string;
	readonly #descriptor: number;

	/** Empties the file. Throws `PETREL_CONFIG` if it cannot be written. @param path `-`: stdout */
	constructor(path: string) {
		this.#path = path;
		try {
			this.#descriptor = path === stdout ? -1 : openSync(path, 'w');
		} catch (thrown) {
			throw this.#failed(thrown);
		}
	}

	/** A disk that is full does not end the server: it is said, and the next line is tried again. */
	write(report: object): void {
		const line = `${JSON.stringify(report)}\n`;
		if (this.#descriptor < 0) {
			process.stdout.write(line);
			return;
		}
		try {
			writeSync(this.#descriptor, line);
		} catch (thrown) {
			process.stderr.write(`petrel: ${this.#failed(thrown).message}\n`);
		}
	}

	#failed(thrown: unknown): PetrelError {
		return new PetrelError(
			'PETREL_CONFIG',
			`--report ${this.#path}: cannot be written: ${messageOf(thrown)}`,
		);
	}
}

/** What did not reach its goal here, whatever the script wanted. */
function lossesOf({ upstreams }: Served): { dropped: number; kernelDropped: number; sendErrors: number } {
	// The upstreams of one process share the native transport, and node:dgram does not know.
	const counted = (event: Parameters<RunningUpstream['counted']>[0]): number => {
		const counts = upstreams.map((upstream) => upstream.counted(event));
		return upstreams[0].transport === 'native' ? counts[0] : counts.reduce((sum, count) => sum + count, 0);
	};
	return {
		dropped: upstreams.reduce((sum, upstream) => sum + upstream.droppedDeliveries, 0),
		kernelDropped: counted('datagramKernelDropped'),
		sendErrors: counted('datagramSendError'),
	};
}

/** One line of the report. At an interval it has no names, which would take milliseconds to choose. */
export function reportObject(served: Served, why: 'signal' | 'interval' | 'end'): object {
	const { script, upstreams, seed, startedMs, clock } = served;
	const losses = lossesOf(served);
	const counts = why === 'interval' ? script.report.totals() : script.report.toJSON();
	return {
		version: reportVersion,
		why,
		elapsed_s: Number(((clock.nowMs() - startedMs) / 1000).toFixed(3)),
		listen: upstreams.map(({ address, port }) => hostPort(address, port)),
		transport: upstreams[0].transport,
		seed,
		dropped_deliveries: losses.dropped,
		kernel_dropped: losses.kernelDropped,
		send_errors: losses.sendErrors,
		...counts,
	};
}

const labelColumns = 14;

function line(label: string, text: string): string {
	return `${label.padEnd(labelColumns)}${text}\n`;
}

/** Sums over both transports, the most frequent first. */
function typesText(byType: Readonly<Record<string, number>>): string {
	const sums = new Map<string, number>();
	for (const [key, count] of Object.entries(byType)) {
		const type = key.slice(0, key.lastIndexOf('/'));
		sums.set(type, (sums.get(type) ?? 0) + count);
	}
	const sorted = [...sums].sort((a, b) => b[1] - a[1]);
	return sorted.map(([type, count]) => `${type} ${countText(count)}`).join(', ');
}

/** What it was asked and what it lost, in some lines. */
export function summaryText(served: Served): string {
	const { script, startedMs, clock } = served;
	const totals = script.report.totals();
	const losses = lossesOf(served);
	const seconds = ((clock.nowMs() - startedMs) / 1000).toFixed(1);
	const lines = [
		line(
			'queries',
			`${countText(totals.total)} in ${seconds} s: udp ${countText(totals.udp)}, tcp ${countText(totals.tcp)}`,
		),
	];
	if (totals.total > 0) {
		lines.push(
			line('types', typesText(totals.by_type)),
			line(
				'names',
				`${countText(totals.names_seen)} different, ${countText(totals.questions_seen)} with their types`,
			),
			line('source ports', countText(totals.source_ports)),
		);
	}
	const rest: [label: string, count: number, meaning: string][] = [
		['uncounted', totals.uncounted_names, 'queries for names beyond those that are counted one by one'],
		['while down', totals.while_down, 'queries without an answer, as the schedule wants it'],
		['malformed', totals.malformed, 'messages that are no query with one question'],
		['dropped', losses.dropped, 'answers for which there was no room to wait for their time'],
		['kernel', losses.kernelDropped, 'queries that the kernel dropped: the receive buffer was full'],
		['send errors', losses.sendErrors, 'answers that the kernel did not take'],
	];
	for (const [label, count, meaning] of rest) {
		if (count > 0) lines.push(line(label, `${countText(count)} ${meaning}`));
	}
	return lines.join('');
}
