import type { HostsOptions, Model } from '../config/model.ts';
import type { HostsFile } from '../engine/local/hosts.ts';
import { messageOf } from '../util/errors.ts';
import { type HostsContents, readHostsFile } from './hosts-file.ts';
import type { Log } from './log.ts';

/** Problems that are remembered as told; then all are forgotten. */
const toldMax = 1000;

export interface HostsDirectoryOptions {
	readonly model: Model;
	readonly log: Log;
	/** A file holds something else now. */
	readonly onChange: (file: HostsFile) => void;
}

/** What is known of a file, for whoever shows it. */
export interface HostsFileState {
	readonly path: string;
	/** Names with their addresses, each also counted for its PTR answer: of the file and of the Corefile's lines. */
	readonly entries: number;
	/** The time of the file that was read last, as CoreDNS tells it; undefined: none was read. */
	readonly reloadedAtMs: number | undefined;
}

interface Watched {
	readonly path: string;
	readonly blocks: readonly HostsOptions[];
	/** 0: it is read once. */
	readonly everyMs: number;
	contents: HostsContents | undefined;
	/** Why it could not be read the last time. */
	problem: string | undefined;
}

/**
 * The files that `hosts` names, each read once for all blocks and shards, and looked at again and again. Looked at
 * rather than watched: a file that is replaced by renaming, or mounted over, is lost to watchers.
 */
export class HostsDirectory {
	readonly #log: Log;
	readonly #onChange: (file: HostsFile) => void;
	readonly #files: readonly Watched[];
	readonly #timers = new Set<NodeJS.Timeout>();
	#told = new Set<string>();
	#closed = false;

	constructor({ model, log, onChange }: HostsDirectoryOptions) {
		this.#log = log;
		this.#onChange = onChange;
		const all = model.blocks.flatMap(({ hosts }) => hosts ?? []);
		this.#files = [...new Set(all.map(({ path }) => path))].map((path) => {
			const blocks = all.filter((options) => options.path === path);
			const intervals = blocks.map(({ reloadMs }) => reloadMs).filter((everyMs) => everyMs > 0);
			const everyMs = intervals.length > 0 ? Math.min(...intervals) : 0;
			return { path, blocks, everyMs, contents: undefined, problem: undefined };
		});
	}

	/** Reads every file once and keeps looking at them. */
	async open(): Promise<void> {
		for (const file of this.#files) {
			await this.#read(file);
			this.#lookLater(file);
		}
	}

	/** What the files hold now; those that could not be read yet are left out. */
	get current(): readonly HostsFile[] {
		return this.#files.flatMap(({ path, contents }) => (contents ? [{ path, table: contents.table }] : []));
	}

	get states(): readonly HostsFileState[] {
		return this.#files.map((file) => ({
			path: file.path,
			entries: entriesOf(file),
			reloadedAtMs: file.contents?.mark.modifiedAtMs,
		}));
	}

	close(): void {
		this.#closed = true;
		for (const timer of this.#timers) clearTimeout(timer);
	}

	#lookLater(file: Watched): void {
		if (file.everyMs === 0 || this.#closed) return;
		const timer = setTimeout(async () => {
			this.#timers.delete(timer);
			const changed = await this.#read(file);
			if (changed && !this.#closed) this.#onChange({ path: file.path, table: file.contents!.table });
			this.#lookLater(file);
		}, file.everyMs);
		this.#timers.add(timer);
	}

	/** Whether the file holds something else than before. */
	async #read(file: Watched): Promise<boolean> {
		const { path } = file;
		const before = file.contents;
		try {
			const contents = await readHostsFile(path, before?.mark);
			file.problem = undefined;
			if (!contents) return false;
			file.contents = contents;
			this.#tell(contents);
			if (before) this.#log.info(`${path} changed: it has ${contents.pairs} names now`, { path });
			return true;
		} catch (thrown) {
			const missing = (thrown as NodeJS.ErrnoException).code === 'ENOENT';
			const problem = missing ? `${path} does not exist` : `${path} cannot be used: ${messageOf(thrown)}`;
			if (problem !== file.problem) {
				const until = before ? 'what was read last holds' : 'nothing of it is answered';
				this.#log.warn(`hosts: ${problem}; ${until} until it can be read`, { path });
			}
			file.problem = problem;
			return false;
		}
	}

	/** Says once which lines were left out. */
	#tell({ problems, problemCount }: HostsContents): void {
		const fresh = problems.filter((problem) => !this.#told.has(problem));
		if (this.#told.size > toldMax) this.#told = new Set();
		for (const problem of fresh) {
			this.#told.add(problem);
			this.#log.warn(`hosts: ${problem}; the line is left out`);
		}
		const more = problemCount - problems.length;
		if (fresh.length > 0 && more > 0) this.#log.warn(`hosts: ${more} more lines are left out`);
	}
}

function entriesOf({ contents, blocks }: Watched): number {
	const reverse = blocks.some((options) => options.reverse);
	const inFile = contents ? contents.pairs + (reverse ? contents.reversePairs : 0) : 0;
	const inline = blocks.flatMap((options) => options.inline).flatMap(({ names }) => names);
	const inlineReverse = reverse ? inline.filter((name) => !name.startsWith('*.')).length : 0;
	return inFile + inline.length + inlineReverse;
}
