import { chmodSync, existsSync, lstatSync, mkdirSync, type Stats, unlinkSync } from 'node:fs';
import { createConnection, type Server } from 'node:net';
import { dirname } from 'node:path';
import { messageOf } from '../../util/errors.ts';
import { socketPathMax } from './control-path.ts';

/** How long a socket that is there already has to take a connection; nobody that lives needs as long. */
const probeMs = 1000;
const othersMayWrite = 0o022;

/** Why there is no socket. */
export class NoControlSocket extends Error {
	/** `taken`: another process listens there. `unfit`: it can be made elsewhere, perhaps. */
	readonly kind: 'taken' | 'unfit';

	constructor(kind: 'taken' | 'unfit', message: string) {
		super(message);
		this.kind = kind;
	}
}

/**
 * Binds a server to a Unix socket that only its owner may open. What is there already is replaced only if it is a socket
 * and nobody listens.
 *
 * Two processes that begin at the same moment and find the same dead socket: between the last look and the new socket
 * there is no wait, so the time in which one could take away the other's is a few microseconds.
 *
 * @param trusted whether the directory is the operator's choice; else nobody else may be able to write there
 * @returns what removes the socket again, if it is still this one
 */
export async function bindControlSocket(server: Server, path: string, trusted: boolean): Promise<() => void> {
	if (Buffer.byteLength(path) > socketPathMax) {
		throw new NoControlSocket(
			'unfit',
			`${path} is longer than a socket's path can be (${socketPathMax} octets)`,
		);
	}
	makeDirectory(dirname(path), trusted);
	const found = statOf(path);
	if (found !== undefined) await assertDead(path, found);
	try {
		await takeOver(server, path, found);
	} catch (thrown) {
		throw thrown instanceof NoControlSocket ? thrown : new NoControlSocket('unfit', messageOf(thrown));
	}
	chmodSync(path, 0o600);
	const own = statOf(path);
	return () => {
		if (isSame(statOf(path), own)) unlinkSync(path);
	};
}

/** Up to the bound socket nothing waits: `listen` on a path binds at once, and the umask is this socket's alone. */
function takeOver(server: Server, path: string, dead: Stats | undefined): Promise<void> {
	const now = statOf(path);
	if (now !== undefined) {
		if (!isSame(now, dead)) throw new NoControlSocket('taken', `another process has just taken ${path}`);
		unlinkSync(path);
	}
	const { promise, resolve, reject } = Promise.withResolvers<void>();
	server.once('error', reject);
	const umask = process.umask(0o177);
	try {
		server.listen({ path }, resolve);
	} finally {
		process.umask(umask);
	}
	return promise.finally(() => server.off('error', reject));
}

/** Not `recursive`: where the kernel makes no directories (/proc), Node.js would try for ever. */
function makeDirectories(directory: string): void {
	if (existsSync(directory)) return;
	makeDirectories(dirname(directory));
	try {
		mkdirSync(directory, { mode: 0o700 });
	} catch (thrown) {
		if ((thrown as NodeJS.ErrnoException).code !== 'EEXIST') throw thrown;
	}
}

function makeDirectory(directory: string, trusted: boolean): void {
	try {
		makeDirectories(directory);
	} catch (thrown) {
		throw new NoControlSocket('unfit', messageOf(thrown));
	}
	if (trusted) return;
	const { uid, mode } = lstatSync(directory);
	const own = uid === process.getuid?.() || uid === 0;
	if (!own || mode & othersMayWrite) {
		throw new NoControlSocket('unfit', `${directory} belongs to another user, or others may write there`);
	}
}

/** Whether two looks saw one file; numbers of inodes are used again at once. */
function isSame(a: Stats | undefined, b: Stats | undefined): boolean {
	return a !== undefined && b !== undefined && a.ino === b.ino && a.ctimeMs === b.ctimeMs;
}

function statOf(path: string): Stats | undefined {
	return lstatSync(path, { throwIfNoEntry: false });
}

/** Throws unless what is there is a socket that nobody listens on. */
async function assertDead(path: string, found: Stats): Promise<void> {
	if (!found.isSocket()) {
		throw new NoControlSocket('taken', `${path} is there and is no socket: it is left alone`);
	}
	const code = await probe(path);
	if (code === 'ECONNREFUSED' || code === 'ENOENT') return;
	if (code === 'EACCES') throw new NoControlSocket('unfit', `${path} belongs to another user`);
	throw new NoControlSocket('taken', `another petrel has its control socket at ${path}`);
}

/** The error of an attempt to connect; undefined: somebody listens, or does not even refuse. */
function probe(path: string): Promise<string | undefined> {
	const { promise, resolve } = Promise.withResolvers<string | undefined>();
	const socket = createConnection({ path });
	const timer = setTimeout(() => resolve(undefined), probeMs);
	socket.once('connect', () => resolve(undefined));
	socket.once('error', (error: NodeJS.ErrnoException) => resolve(error.code));
	return promise.finally(() => {
		clearTimeout(timer);
		socket.destroy();
	});
}
