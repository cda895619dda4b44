/** Goal: only its user may open the control socket, never for a moment others; nothing of anybody else's is replaced. */
import assert from 'node:assert/strict';
import { chmodSync, mkdirSync, readFileSync, statSync, symlinkSync, writeFileSync } from 'node:fs';
import { createServer, type Server } from 'node:net';
import { join } from 'node:path';
import { type TestContext, test } from 'node:test';
import { defaultControlPaths } from '../../../../src/server/control/control-path.ts';
import { bindControlSocket } from '../../../../src/server/control/control-socket.ts';
import { runToEnd } from '../../../support/integration/child.ts';
import { temporaryFolder } from './support.ts';

function newServer(t: TestContext): Server {
	const server = createServer((socket) => socket.destroy());
	t.after(() => server.close());
	return server;
}

function modeOf(path: string): string {
	return (statSync(path).mode & 0o777).toString(8);
}

/** A socket whose process was killed. */
async function leaveBehind(path: string): Promise<void> {
	const code = `require('node:net').createServer().listen(${JSON.stringify(path)}, () => process.kill(process.pid, 'SIGKILL'))`;
	const { signal } = await runToEnd(process.execPath, ['-e', code]);
	assert.equal(signal, 'SIGKILL');
	assert.ok(statSync(path).isSocket());
}

test('the socket has mode 600 from its first moment, whatever the umask; a directory made for it 700', async (t) => {
	const path = join(temporaryFolder(t), 'made/here/control.sock');
	const umask = process.umask(0);
	t.after(() => process.umask(umask));
	const bound = bindControlSocket(newServer(t), path, true);
	// Bound, and nothing has had the time to correct it.
	assert.equal(modeOf(path), '600');
	assert.equal(process.umask(), 0, 'the umask is as it was');
	const remove = await bound;
	assert.equal(modeOf(path), '600');
	assert.equal(modeOf(join(path, '..')), '700');
	remove();
	assert.throws(() => statSync(path), /ENOENT/);
});

test('a socket that a dead process left is replaced', async (t) => {
	const path = join(temporaryFolder(t), 'control.sock');
	await leaveBehind(path);
	const before = statSync(path).ino;
	await bindControlSocket(newServer(t), path, true);
	assert.equal(modeOf(path), '600');
	const second = newServer(t);
	await assert.rejects(bindControlSocket(second, path, true), { kind: 'taken', message: /another petrel/ });
	assert.ok(before > 0 && statSync(path).isSocket());
});

test('a file, a directory or a link is not replaced', async (t) => {
	const folder = temporaryFolder(t);
	const file = join(folder, 'file');
	writeFileSync(file, 'precious');
	mkdirSync(join(folder, 'directory'));
	symlinkSync(file, join(folder, 'link'));
	for (const name of ['file', 'directory', 'link']) {
		await assert.rejects(bindControlSocket(newServer(t), join(folder, name), true), {
			kind: 'taken',
			message: /is no socket: it is left alone/,
		});
	}
	assert.equal(readFileSync(file, 'utf8'), 'precious');
});

test('a default directory that others may write to is not used; one that the operator names is', async (t) => {
	const folder = temporaryFolder(t);
	chmodSync(folder, 0o777);
	const path = join(folder, 'control.sock');
	await assert.rejects(bindControlSocket(newServer(t), path, false), {
		kind: 'unfit',
		message: /others may/,
	});
	await bindControlSocket(newServer(t), path, true);
	assert.equal(modeOf(path), '600');
});

test('a default directory that is a link is not used', async (t) => {
	const folder = temporaryFolder(t);
	mkdirSync(join(folder, 'real'), { mode: 0o700 });
	symlinkSync(join(folder, 'real'), join(folder, 'link'));
	const path = join(folder, 'link/control.sock');
	await assert.rejects(bindControlSocket(newServer(t), path, false), { kind: 'unfit' });
});

test('a path that is too long, or cannot be made, says so', async (t) => {
	const folder = temporaryFolder(t);
	const long = join(folder, `${'x'.repeat(100)}.sock`);
	await assert.rejects(bindControlSocket(newServer(t), long, true), { kind: 'unfit', message: /107 octets/ });
	await assert.rejects(bindControlSocket(newServer(t), '/proc/petrel/control.sock', true), { kind: 'unfit' });
});

test('a socket that is not this one any more is left when it is removed', async (t) => {
	const path = join(temporaryFolder(t), 'control.sock');
	const server = newServer(t);
	const remove = await bindControlSocket(server, path, true);
	await new Promise((resolve) => server.close(resolve));
	writeFileSync(path, 'of somebody else');
	remove();
	assert.equal(readFileSync(path, 'utf8'), 'of somebody else');
});

test('default places: /run/petrel, the runtime directory of the user, a directory for temporary files', () => {
	const tmpdir = '/scratch';
	assert.deepEqual(defaultControlPaths({ env: {}, uid: 1000, tmpdir }), [
		'/run/petrel/control.sock',
		'/scratch/petrel-1000/control.sock',
	]);
	const env = { XDG_RUNTIME_DIR: '/run/user/7' };
	assert.deepEqual(defaultControlPaths({ env, uid: 7, tmpdir }), [
		'/run/petrel/control.sock',
		'/run/user/7/petrel/control.sock',
		'/scratch/petrel-7/control.sock',
	]);
});
