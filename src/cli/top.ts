import { setTimeout as pause } from 'node:timers/promises';
import { Command, InvalidArgumentError, Option } from 'commander';
import type { Sample } from '../server/control/control-target.ts';
import { messageOf } from '../util/errors.ts';
import { ControlClient, controlOption } from './control-client.ts';
import { type FrameSize, frameOf, type Line } from './top/frame.ts';
import { type Rates, ratesBetween } from './top/rates.ts';
import { Terminal } from './top/terminal.ts';
import { parseDuration } from './values.ts';

const intervalMsMin = 100;
const intervalMsMax = 3_600_000;
const columnsDefault = 80;
/** Frames that sparklines can show: no terminal is wider. */
const historyMax = 400;

interface TopOptions {
	readonly interval: number;
	readonly once: boolean;
	readonly control?: string;
}

export function topCommand(): Command {
	return new Command('top')
		.description('Watch a running petrel: queries, hits, latency, zones, upstreams, workers, by the second.')
		.addOption(
			new Option('--interval <duration>', 'the time between two looks')
				.argParser(parseInterval)
				.default(1000, '1s')
				.env('PETREL_INTERVAL'),
		)
		.addOption(
			new Option('--once', 'write what happens in one interval as plain text, and end')
				.default(false)
				.env('PETREL_ONCE'),
		)
		.addOption(controlOption())
		.addHelpText(
			'after',
			'\nKeys: q quits. Where the output is no terminal, plain text is written after every interval.' +
				'\nExit code: 0, or 1 when no petrel answers.\n' +
				'\nExamples:\n' +
				'  petrel top\n' +
				'  petrel top --interval 10s --once\n' +
				'  petrel top --control /run/petrel/second.sock\n',
		)
		.action(top);
}

function parseInterval(text: string): number {
	const ms = parseDuration(text);
	if (ms < intervalMsMin || ms > intervalMsMax) {
		throw new InvalidArgumentError('The interval is from 100ms to 1h.');
	}
	return ms;
}

async function top({ interval, once, control }: TopOptions): Promise<void> {
	const client = new ControlClient(control);
	const first = await client.get<Sample>('/sample');
	if (!once && process.stdout.isTTY) return watch(client, first, interval);
	const size = { columns: process.stdout.columns ?? columnsDefault, rows: Number.POSITIVE_INFINITY };
	await writePlain(client, first, interval, once, size);
}

async function writePlain(
	client: ControlClient,
	first: Sample,
	intervalMs: number,
	once: boolean,
	size: FrameSize,
): Promise<void> {
	let before = first;
	// Who read it is gone.
	process.stdout.on('error', () => process.exit());
	for (;;) {
		await pause(intervalMs);
		const now = await client.get<Sample>('/sample');
		const rates = ratesBetween(before, now);
		before = now;
		// Another process answers: its rates are known after one more interval.
		if (rates === undefined) continue;
		const lines = frameOf([rates], '', size).map(({ text }) => text.trimEnd());
		process.stdout.write(`${lines.join('\n')}\n`);
		if (once) return;
		process.stdout.write('\n');
	}
}

/** The live screen, until a key or a signal ends it. */
async function watch(client: ControlClient, first: Sample, intervalMs: number): Promise<void> {
	const terminal = new Terminal(process.stdin, process.stdout);
	const stopped = new AbortController();
	const hint = `every ${intervalMs / 1000} s, q quits`;
	let history: Rates[] = [];
	let trouble: string | undefined;
	let before: Sample | undefined = first;
	const paint = (): void => terminal.paint(screenOf(history, trouble, hint, terminal.size));
	terminal.open({ quit: () => stopped.abort(), resize: paint });
	try {
		paint();
		while (!stopped.signal.aborted) {
			await pause(intervalMs, undefined, { signal: stopped.signal });
			try {
				const now: Sample = await client.get<Sample>('/sample');
				const rates = before && ratesBetween(before, now);
				history = rates === undefined ? [] : [...history, rates].slice(-historyMax);
				before = now;
				trouble = undefined;
			} catch (thrown) {
				// It may be starting anew: whatever answers next is shown.
				trouble = messageOf(thrown);
				before = undefined;
			}
			paint();
		}
	} catch (thrown) {
		if (!stopped.signal.aborted) throw thrown;
	} finally {
		terminal.close();
	}
}

function screenOf(
	history: readonly Rates[],
	trouble: string | undefined,
	hint: string,
	size: FrameSize,
): Line[] {
	if (trouble !== undefined) {
		const lines = `petrel top: ${trouble}`.match(new RegExp(`.{1,${size.columns}}`, 'g')) ?? [];
		return lines.slice(0, size.rows).map((text) => ({ text, look: 'bad' }));
	}
	if (history.length === 0) return [{ text: `petrel top: the first look (${hint})`, look: 'title' }];
	return frameOf(history, hint, size);
}
