/** The addon's datagram to a Unix socket: a receiver that the test compiles, since Node has no such sockets. */
import assert from 'node:assert/strict';
import { execFileSync, spawn } from 'node:child_process';
import { once } from 'node:events';
import { mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { after, before, test } from 'node:test';
import { sendToUnixSocket } from '../../src/net/native/notify.ts';
import { spawnPetrel } from '../support/integration/petrel.ts';
import { needsNative } from '../support/transport.ts';

/** Binds a Unix datagram socket, says so, and prints what comes, a line for a datagram. */
const receiver = `
#include <stddef.h>
#include <stdio.h>
#include <string.h>
#include <sys/socket.h>
#include <sys/un.h>
int main(int count, char **arguments) {
	struct sockaddr_un address = {.sun_family = AF_UNIX};
	size_t length = strlen(arguments[1]);
	memcpy(address.sun_path, arguments[1], length);
	if (arguments[1][0] == '@') address.sun_path[0] = 0;
	int fd = socket(AF_UNIX, SOCK_DGRAM, 0);
	if (bind(fd, (struct sockaddr *)&address, (socklen_t)(offsetof(struct sockaddr_un, sun_path) + length)) != 0) return 1;
	puts("bound");
	fflush(stdout);
	for (;;) {
		char octets[2048];
		ssize_t received = recv(fd, octets, sizeof octets - 1, 0);
		if (received < 0) return 2;
		octets[received] = 0;
		for (char *at = octets; *at; at++) if (*at == '\\n') *at = '|';
		puts(octets);
		fflush(stdout);
	}
}
`;

let directory: string;

async function listen(path: string) {
	const child = spawn(join(directory, 'receiver'), [path], { stdio: ['ignore', 'pipe', 'inherit'] });
	let text = '';
	child.stdout.setEncoding('utf8').on('data', (part: string) => (text += part));
	const line = async (pattern: RegExp): Promise<string> => {
		for (;;) {
			const found = pattern.exec(text);
			if (found) return found[0];
			await once(child.stdout, 'data');
		}
	};
	await line(/^bound$/m);
	return { line, end: () => child.kill() };
}

before(async () => {
	directory = await mkdtemp(join(tmpdir(), 'petrel-notify-'));
	if (needsNative) return;
	await writeFile(join(directory, 'receiver.c'), receiver);
	execFileSync('cc', ['-D_GNU_SOURCE', '-o', join(directory, 'receiver'), join(directory, 'receiver.c')]);
});

after(() => rm(directory, { recursive: true, force: true }));

test('a datagram reaches a socket by its path, and one with an abstract name', {
	skip: needsNative,
}, async (t) => {
	for (const path of [join(directory, 'notify'), `@petrel-test-${process.pid}`]) {
		const receiving = await listen(path);
		t.after(() => receiving.end());
		assert.equal(sendToUnixSocket(path, 'READY=1\nSTATUS=ready'), true);
		assert.equal(await receiving.line(/^READY.*$/m), 'READY=1|STATUS=ready');
	}
});

test('where nobody receives, the error has the code of the system', { skip: needsNative }, () => {
	assert.throws(() => sendToUnixSocket(join(directory, 'nobody'), 'READY=1'), { code: 'ENOENT' });
	assert.throws(() => sendToUnixSocket('', 'READY=1'), { code: 'EINVAL' });
	assert.throws(() => sendToUnixSocket('x'.repeat(200), 'READY=1'), { code: /EINVAL|ERR_INVALID_ARG_TYPE/ });
});

test('systemd is told of readiness, beats of its watchdog, reloads and the end', {
	skip: needsNative,
}, async (t) => {
	const path = join(directory, 'systemd');
	const receiving = await listen(path);
	t.after(() => receiving.end());
	const args = ['serve', '--upstream', '127.0.0.1:9', '--listen', '127.0.0.1:0', '--workers', '1'];
	const env = { NOTIFY_SOCKET: path, WATCHDOG_USEC: '200000' };
	const child = await spawnPetrel(t, args, { cwd: directory, env });
	await receiving.line(/^READY=1\|STATUS=.+$/m);
	await receiving.line(/^WATCHDOG=1$/m);
	child.signal('SIGHUP');
	await receiving.line(/^RELOADING=1\|MONOTONIC_USEC=\d+$/m);
	await child.stop();
	await receiving.line(/^STOPPING=1$/m);
});
