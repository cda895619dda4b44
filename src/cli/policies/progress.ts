import type { OnProgress } from '../../lab/study/setup.ts';
import type { LiveStream } from '../load/live.ts';
import { barText, countText } from '../quantity-text.ts';

const clearLine = '\r\x1b[K';
const barColumns = 30;
/** Between two paintings of how much was read. */
const readStep = 100_000;

/** One line on a terminal that says how far the study is. Elsewhere nothing. */
export class ProgressLine {
	readonly #stream: LiveStream;
	readonly #isShown: boolean;
	#isPainted = false;
	#read = 0;

	constructor(stream: LiveStream, isShown: boolean) {
		this.#stream = stream;
		this.#isShown = isShown && stream.isTTY === true;
	}

	readonly onProgress: OnProgress = (progress) => {
		if (progress.phase === 'running') {
			this.#paint(`${barText(progress.share, barColumns)} ${Math.floor(progress.share * 100)} %`);
		} else if (progress.requests - this.#read >= readStep) {
			this.#read = progress.requests;
			this.#paint(`${countText(progress.requests)} requests read`);
		}
	};

	/** Takes the line away. */
	end(): void {
		if (this.#isPainted) this.#stream.write(clearLine);
		this.#isPainted = false;
	}

	#paint(text: string): void {
		if (!this.#isShown) return;
		this.#stream.write(`${clearLine}${text}`);
		this.#isPainted = true;
	}
}
