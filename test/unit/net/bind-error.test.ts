import assert from 'node:assert/strict';
import { describe, it } from 'node:test';
import { bindError, hostPort } from '../../../src/net/bind-error.ts';
import { PetrelError } from '../../../src/util/errors.ts';

function messageFor(code: string, port: number, protocol: 'UDP' | 'TCP' = 'UDP'): string {
	const cause = Object.assign(new Error(`bind ${code}`), { code });
	const error = bindError(protocol, '127.0.0.1', port, cause);
	assert.ok(error instanceof PetrelError);
	assert.equal(error.code, 'PETREL_BIND');
	assert.equal(error.cause, cause);
	return error.message;
}

describe('bindError', () => {
	it('names protocol, address and port, and the cause', () => {
		for (const code of ['EADDRINUSE', 'EACCES', 'EADDRNOTAVAIL', 'EAFNOSUPPORT', 'EMFILE']) {
			assert.match(messageFor(code, 53), /^cannot listen on UDP 127\.0\.0\.1:53: /);
			assert.ok(messageFor(code, 53).includes(code));
		}
		assert.equal(hostPort('::1', 53), '[::1]:53');
	});

	it('says what to do about a port below 1024, and gives no such advice above', () => {
		assert.match(messageFor('EACCES', 53), /NET_BIND_SERVICE.*port from 1024 up with --listen/);
		assert.doesNotMatch(messageFor('EACCES', 1053), /NET_BIND_SERVICE/);
	});

	it('says how to find who holds a port', () => {
		assert.match(messageFor('EADDRINUSE', 1053), /`ss -lunp 'sport = :1053'`/);
		assert.match(messageFor('EADDRINUSE', 1053, 'TCP'), /`ss -ltnp 'sport = :1053'`/);
	});
});
