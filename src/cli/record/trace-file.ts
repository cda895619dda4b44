import { once } from 'node:events';
import { createWriteStream } from 'node:fs';
import type { Writable } from 'node:stream';
import { constants, createGzip, createZstdCompress, type Gzip, type ZstdCompress } from 'node:zlib';
import { messageOf, PetrelError } from '../../util/errors.ts';

/** What a packed stream may need to end, and a flush; each is a few dozen octets. */
const packingBytes = 256;

/**
 * A file that grows up to a limit and is read by its owner alone, packed where its name ends in .gz or .zst; `-` is standard
 * output. A file that is there already is left alone.
 */
export class TraceFile {
	readonly #path: string;
	readonly #limitBytes: number;
	readonly #to: Writable;
	readonly #packer: Gzip | ZstdCompress | undefined;
	/** Shows all that went in, and begins nothing anew. */
	readonly #flushKind: number;
	/** Octets that have left the packer, or were written. */
	#leftBytes = 0;
	/** Octets that went into the packer since it was flushed. */
	#heldBytes = 0;
	#trouble: NodeJS.ErrnoException | undefined;

	/**
	 * Opens `path`. Throws `PETREL_CONFIG` where that cannot be.
	 *
	 * @param limitBytes of the file, whatever is written
	 */
	static async open(path: string, limitBytes: number): Promise<TraceFile> {
		if (path === '-') return new TraceFile(path, limitBytes, process.stdout);
		const to = createWriteStream(path, { flags: 'wx', mode: 0o600 });
		try {
			await once(to, 'open');
		} catch (thrown) {
			const { code } = thrown as NodeJS.ErrnoException;
			const text = code === 'EEXIST' ? 'it is there already; name another, or remove it' : messageOf(thrown);
			throw new PetrelError('PETREL_CONFIG', `${path}: it cannot be written: ${text}`);
		}
		return new TraceFile(path, limitBytes, to);
	}

	private constructor(path: string, limitBytes: number, to: Writable) {
		this.#path = path;
		this.#limitBytes = limitBytes;
		this.#to = to;
		this.#packer = packerOf(path);
		this.#flushKind = path.endsWith('.gz') ? constants.Z_SYNC_FLUSH : constants.ZSTD_e_flush;
		to.on('error', (error: NodeJS.ErrnoException) => {
			this.#trouble = error;
			this.#packer?.destroy();
		});
		this.#packer?.on('data', (chunk: Buffer) => this.#leave(chunk));
		// What goes wrong in a packer is that it was destroyed.
		this.#packer?.on('error', () => {});
	}

	/** Octets of the file, as far as it is written. */
	get bytes(): number {
		return this.#leftBytes;
	}

	/** Who read standard output is gone. */
	get isGone(): boolean {
		return this.#trouble?.code === 'EPIPE';
	}

	/**
	 * Writes a text if the file keeps room for `roomBytes` behind it, as unpacked text.
	 *
	 * @returns false: nothing was written, since there is no room, or nobody who reads
	 */
	async write(text: string, roomBytes: number): Promise<boolean> {
		this.#assertWritable();
		if (this.isGone) return false;
		const octets = Buffer.from(text);
		const neededBytes = octets.length + roomBytes + (this.#packer ? packingBytes : 0);
		if (this.#leftBytes + this.#heldBytes + neededBytes > this.#limitBytes) {
			await this.#flush();
			if (this.#leftBytes + this.#heldBytes + neededBytes > this.#limitBytes) return false;
		}
		await this.#put(octets);
		return true;
	}

	/** Ends the file with a last text. */
	async close(text: string): Promise<void> {
		if (!this.isGone) await this.#put(Buffer.from(text));
		if (this.#packer && !this.#packer.destroyed) {
			this.#packer.end();
			await once(this.#packer, 'end').catch(() => {});
		}
		if (this.#to !== process.stdout && this.#trouble === undefined) {
			this.#to.end();
			await once(this.#to, 'close').catch(() => {});
		}
		this.#assertWritable();
	}

	#assertWritable(): void {
		if (this.#trouble === undefined || this.isGone) return;
		throw new PetrelError('PETREL_CONFIG', `${this.#path}: it cannot be written: ${this.#trouble.message}`);
	}

	async #put(octets: Buffer): Promise<void> {
		const packer = this.#packer;
		if (packer === undefined) {
			this.#leave(octets);
			await this.#drained();
			return;
		}
		this.#heldBytes += octets.length;
		await new Promise<void>((resolve) => packer.write(octets, () => resolve()));
	}

	#leave(octets: Buffer): void {
		this.#leftBytes += octets.length;
		if (this.#to.write(octets) || this.#packer === undefined) return;
		this.#packer.pause();
		this.#drained().then(() => this.#packer?.resume());
	}

	async #drained(): Promise<void> {
		if (!this.#to.writableNeedDrain || this.#trouble !== undefined) return;
		await Promise.race([once(this.#to, 'drain'), once(this.#to, 'close')]).catch(() => {});
	}

	async #flush(): Promise<void> {
		const packer = this.#packer;
		if (packer === undefined || this.#heldBytes === 0) return;
		await new Promise<void>((resolve) => {
			packer.flush(this.#flushKind, resolve);
		});
		this.#heldBytes = packer.readableLength;
	}
}

function packerOf(path: string): Gzip | ZstdCompress | undefined {
	if (path.endsWith('.gz')) return createGzip();
	return path.endsWith('.zst') ? createZstdCompress() : undefined;
}
