import { readFileSync, renameSync, rmSync, writeFileSync } from 'node:fs';
import { messageOf, PetrelError } from '../util/errors.ts';
import type { Log } from './log.ts';

/** A file that holds the process's number while it runs, for those who send it signals. */
export class PidFile {
	readonly path: string;

	constructor(path: string) {
		this.path = path;
	}

	/** Fails with `PETREL_BIND` when a petrel that runs has the file; what a dead one left is said to be stale. */
	check(log: Log): void {
		const pid = this.#read();
		if (pid === undefined || pid === process.pid) return;
		if (isPetrel(pid)) {
			throw new PetrelError(
				'PETREL_BIND',
				`${this.path}: petrel runs already, as process ${pid}. Stop it, or name another file (--pidfile)`,
			);
		}
		log.info(`${this.path} is stale: there is no petrel with number ${pid}; it is replaced`);
	}

	/** At one stroke, so that nobody reads half a number. */
	write(): void {
		const beside = `${this.path}.${process.pid}`;
		try {
			writeFileSync(beside, `${process.pid}\n`);
			renameSync(beside, this.path);
		} catch (thrown) {
			throw new PetrelError('PETREL_BIND', `the PID file cannot be written: ${messageOf(thrown)}`);
		}
	}

	/** Unless it is somebody else's by now. */
	remove(): void {
		if (this.#read() === process.pid) rmSync(this.path, { force: true });
	}

	#read(): number | undefined {
		try {
			const pid = Number.parseInt(readFileSync(this.path, 'utf8'), 10);
			return pid > 0 ? pid : undefined;
		} catch {
			return undefined;
		}
	}
}

/** Numbers are used again, in a container from 1 on: it has to be a petrel. */
function isPetrel(pid: number): boolean {
	try {
		process.kill(pid, 0);
	} catch (thrown) {
		if ((thrown as NodeJS.ErrnoException).code === 'ESRCH') return false;
	}
	try {
		return readFileSync(`/proc/${pid}/cmdline`, 'utf8').includes('petrel');
	} catch {
		// No /proc, or not ours to read: somebody lives there, and that is all there is to know.
		return true;
	}
}
