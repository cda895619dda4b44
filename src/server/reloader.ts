import type { LoadResult } from '../config/load.ts';
import type { Finding, Model, SourcePosition } from '../config/model.ts';
import { timeText, wallClockMs } from '../util/clock.ts';
import { digestOf } from '../util/digest.ts';
import { messageOf } from '../util/errors.ts';
import type { Random } from '../util/random.ts';
import type { LoadedConfig } from './control/control-target.ts';
import { loadedConfig } from './control/loaded-config.ts';
import type { Log } from './log.ts';
import { type RestartSettings, restartAdvice, restartSettingsOf } from './restart-settings.ts';

export interface ReloadFailure {
	/** ISO 8601. */
	readonly at: string;
	/** The first thing that is wrong; where, if a file is at fault. */
	readonly message: string;
	readonly place: SourcePosition | undefined;
}

/** What became of the configuration, for `petrel status` and the metrics. */
export interface ReloadStatus {
	readonly config: LoadedConfig;
	/** Configurations taken since the start, the first one included. */
	readonly generation: number;
	readonly failedCount: number;
	/** The last configuration that was not taken, unless a later one was. */
	readonly failure: ReloadFailure | undefined;
}

export interface ReloaderOptions {
	/** Reads the files anew; undefined where there are none (`--upstream`). */
	readonly load: (() => LoadResult) | undefined;
	readonly first: LoadResult;
	/** Puts a model to use; rejects, with nothing changed, when that cannot be done. */
	readonly adopt: (model: Model) => Promise<void>;
	readonly log: Log;
	readonly random: Random;
}

/**
 * Keeps the configuration in use what its files say: looks at them every so often where a `reload` directive says so, and
 * at every signal. Files are read, not watched: a ConfigMap is swapped by a symlink above them, which watchers miss.
 * One reload at a time; a configuration that cannot be used changes nothing.
 */
export class Reloader {
	readonly #options: ReloaderOptions;
	#model: Model;
	#status: ReloadStatus;
	/** See `textOf`. */
	#text: string;
	#restartSettings: RestartSettings;
	/** Of the last configuration that was not taken: it is complained about once. */
	#failedText: string | undefined;
	#timer: NodeJS.Timeout | undefined;
	#underWay: Promise<void> = Promise.resolve();
	#closed = false;

	constructor(options: ReloaderOptions) {
		this.#options = options;
		this.#model = options.first.model!;
		this.#text = textOf(options.first);
		this.#restartSettings = restartSettingsOf(options.first.written);
		this.#status = {
			config: loadedConfig(options.first.sources),
			generation: 1,
			failedCount: 0,
			failure: undefined,
		};
	}

	get status(): ReloadStatus {
		return this.#status;
	}

	/** What is in use: SHA-512 of the files' names and texts. */
	get hash(): string {
		return digestOf('sha512', [this.#text]);
	}

	/** Starts to look at the files, if the configuration says so. */
	start(): void {
		this.#arm();
	}

	close(): void {
		this.#closed = true;
		clearTimeout(this.#timer);
	}

	/** Somebody asks for it: whatever the outcome, there is a line about it. Resolves when it is over. */
	reload(why: string): Promise<void> {
		return this.#inTurn(async () => {
			const { load, log } = this.#options;
			if (load === undefined) {
				log.warn(`${why}: there is no file to read again; what the flags say goes on`);
				return;
			}
			log.info(`${why}: reading the configuration again`);
			const loaded = load();
			if (!this.#isInUse(loaded)) await this.#attempt(loaded);
			else log.info('plugin/reload: nothing has changed');
		});
	}

	#inTurn(work: () => Promise<void>): Promise<void> {
		this.#underWay = this.#underWay.then(async () => {
			if (this.#closed) return;
			await work();
			this.#arm();
		});
		return this.#underWay;
	}

	#arm(): void {
		clearTimeout(this.#timer);
		const reload = this.#model.blocks.find((block) => block.reload !== undefined)?.reload;
		if (this.#closed || reload === undefined || !this.#options.load) return;
		const share = this.#options.random.nextUint32() / 0x1_0000_0000 - 0.5;
		const delayMs = reload.intervalMs + share * reload.jitterMs;
		this.#timer = setTimeout(() => this.#inTurn(() => this.#look()), delayMs);
	}

	async #look(): Promise<void> {
		const loaded = this.#options.load!();
		if (this.#isInUse(loaded) || textOf(loaded) === this.#failedText) return;
		await this.#attempt(loaded);
	}

	/** Whether the files say what is in use. A failure that was there before has been put right then. */
	#isInUse(loaded: LoadResult): boolean {
		if (textOf(loaded) !== this.#text) return false;
		this.#failedText = undefined;
		this.#status = { ...this.#status, failure: undefined };
		return true;
	}

	async #attempt(loaded: LoadResult): Promise<void> {
		const { adopt, log } = this.#options;
		const { model, errors, warnings } = loaded;
		const text = textOf(loaded);
		if (!model || errors.length > 0) {
			const [{ message, at }] = errors;
			this.#refuse(text, errors.map(findingLine), message, at);
			return;
		}
		log.info('Reloading');
		try {
			await adopt(model);
		} catch (thrown) {
			this.#refuse(text, [messageOf(thrown)], messageOf(thrown));
			return;
		}
		const settings = restartSettingsOf(loaded.written);
		for (const advice of restartAdvice(this.#restartSettings, settings)) log.warn(`plugin/reload: ${advice}`);
		this.#restartSettings = settings;
		this.#model = model;
		this.#text = text;
		this.#failedText = undefined;
		this.#status = {
			...this.#status,
			config: loadedConfig(loaded.sources),
			generation: this.#status.generation + 1,
			failure: undefined,
		};
		for (const warning of warnings) log.warn(findingLine(warning), { ...warning.at });
		log.info(`plugin/reload: Running configuration SHA512 = ${this.hash}`, { hash: this.hash });
		log.info('Reloading complete');
	}

	#refuse(text: string, lines: readonly string[], message: string, place?: SourcePosition): void {
		const { log } = this.#options;
		this.#failedText = text;
		this.#status = {
			...this.#status,
			failedCount: this.#status.failedCount + 1,
			failure: { at: timeText(wallClockMs()), message, place },
		};
		for (const line of lines) log.error(`plugin/reload: ${line}`);
		log.error('Restart failed: the new configuration is not used, the one before goes on');
	}
}

/** What two readings have in common when nothing was changed: the texts of all files, and what could not be read. */
function textOf({ sources, errors, model }: LoadResult): string {
	const parts = [...sources].map(([name, text]) => `${name}\0${text}\0`);
	if (!model) parts.push(...errors.map(({ message }) => `${message}\0`));
	return parts.join('');
}

function findingLine({ at, message, hint }: Finding): string {
	return `${at.file}:${at.line}:${at.column}: ${message}${hint ? ` (${hint})` : ''}`;
}
