import type { Clock } from '../../util/clock.ts';
import { countText } from '../quantity-text.ts';

const everyMs = 250;
const clearLine = '\r\x1b[K';
const columnsDefault = 80;

export interface ProgressStream {
	readonly isTTY?: boolean;
	readonly columns?: number;
	write(text: string): unknown;
}

/** One line that repaints itself, where somebody looks. */
export class RecordProgress {
	readonly #stream: ProgressStream;
	readonly #clock: Clock;
	readonly #durationMs: number;
	readonly #startMs: number;
	#paintedMs = Number.NEGATIVE_INFINITY;

	constructor(stream: ProgressStream, clock: Clock, durationMs: number) {
		this.#stream = stream;
		this.#clock = clock;
		this.#durationMs = durationMs;
		this.#startMs = clock.nowMs();
	}

	paint(queries: number, lost: number, bytes: number): void {
		const nowMs = this.#clock.nowMs();
		if (this.#stream.isTTY !== true || nowMs - this.#paintedMs < everyMs) return;
		this.#paintedMs = nowMs;
		const seconds = (ms: number): string => (ms / 1000).toFixed(0);
		const time = `${seconds(nowMs - this.#startMs)} of ${seconds(this.#durationMs)} s`;
		const line = `recording: ${countText(queries)} queries, ${countText(lost)} lost, ${countText(bytes)} octets, ${time}`;
		this.#stream.write(clearLine + line.slice(0, (this.#stream.columns ?? columnsDefault) - 1));
	}

	/** Takes the line away. */
	end(): void {
		if (this.#paintedMs > Number.NEGATIVE_INFINITY) this.#stream.write(clearLine);
	}
}
