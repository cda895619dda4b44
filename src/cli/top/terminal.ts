import { writeSync } from 'node:fs';
import type { ReadStream, WriteStream } from 'node:tty';
import { styleText } from 'node:util';
import type { FrameSize, Line } from './frame.ts';

/** The other screen, without a cursor; and back. */
const enter = '\x1b[?1049h\x1b[?25l\x1b[2J';
const leave = '\x1b[?25h\x1b[?1049l';
const home = '\x1b[H';
const clearToEndOfLine = '\x1b[K';
const clearBelow = '\x1b[J';

const controlC = '\x03';
const controlD = '\x04';
const quitKeys: readonly string[] = ['q', 'Q', controlC, controlD];

const looks = { title: 'bold', head: ['bold', 'underline'], bad: 'red', plain: 'reset' } as const;

type TtyOutput = WriteStream & { readonly fd: number };

/**
 * A terminal's other screen, painted line by line. However the program ends, the terminal is as it was before: `close`
 * is called when the process exits, and whatever would end it without that is turned into an exit.
 */
export class Terminal {
	readonly #input: ReadStream;
	readonly #output: TtyOutput;
	readonly #onSignal = (): void => this.#onQuit();
	readonly #onExit = (): void => this.close();
	#onQuit: () => void = () => {};
	#open = false;

	constructor(input: ReadStream, output: TtyOutput) {
		this.#input = input;
		this.#output = output;
	}

	get size(): FrameSize {
		return { columns: this.#output.columns, rows: this.#output.rows };
	}

	open(events: { quit(): void; resize(): void }): void {
		this.#open = true;
		this.#onQuit = events.quit;
		process.on('exit', this.#onExit);
		for (const signal of ['SIGINT', 'SIGTERM', 'SIGHUP'] as const) process.on(signal, this.#onSignal);
		this.#output.on('resize', events.resize);
		if (this.#input.isTTY) {
			this.#input.setRawMode(true);
			this.#input.on('data', (keys) => {
				if ([...String(keys)].some((key) => quitKeys.includes(key))) events.quit();
			});
		}
		this.#write(enter);
	}

	paint(lines: readonly Line[]): void {
		const painted = lines.map(({ text, look }) => {
			const styled =
				look === 'plain' ? text : styleText([looks[look]].flat(), text, { stream: this.#output });
			return `${styled}${clearToEndOfLine}`;
		});
		this.#write(home + painted.join('\r\n') + clearBelow);
	}

	/** Gives the terminal back. Idempotent. */
	close(): void {
		if (!this.#open) return;
		this.#open = false;
		process.off('exit', this.#onExit);
		for (const signal of ['SIGINT', 'SIGTERM', 'SIGHUP'] as const) process.off(signal, this.#onSignal);
		if (this.#input.isTTY) this.#input.setRawMode(false);
		this.#input.unref();
		this.#write(leave);
	}

	/** At once: what is buffered when a process exits is lost. */
	#write(text: string): void {
		try {
			writeSync(this.#output.fd, text);
		} catch {
			// The terminal is gone: so is who would see it.
		}
	}
}
