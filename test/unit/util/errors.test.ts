/** Goal: errors that people read keep their code and cause. (`test/tidy` compares the table with its page.) */
import assert from 'node:assert/strict';
import { test } from 'node:test';
import { assert as petrelAssert } from '../../../src/util/assert.ts';
import { messageOf, PetrelError } from '../../../src/util/errors.ts';

test('an error carries its code, message and cause', () => {
	const cause = new Error('below');
	const error = new PetrelError('PETREL_QUERY', 'cannot read a', { cause });
	assert.deepEqual(
		[error.code, error.message, error.name, error.cause],
		['PETREL_QUERY', 'cannot read a', 'PetrelError', cause],
	);
});

test('whatever was thrown has a message', () => {
	for (const [thrown, expected] of [
		[new Error('a'), 'a'],
		['b', 'b'],
		[undefined, 'undefined'],
	] as const) {
		assert.equal(messageOf(thrown), expected);
	}
});

test('an assertion throws only when it does not hold', () => {
	petrelAssert(true, 'fine');
	assert.throws(() => petrelAssert(false, 'a reason'), /assertion failed: a reason/);
});
