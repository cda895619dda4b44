import assert from 'node:assert/strict';
import { runPetrel } from './petrel.ts';

/** What a command that talks to this petrel says, as JSON. */
export async function controlJson<Result>(
	house: { petrel: { control: string } },
	...args: string[]
): Promise<Result> {
	const { control } = house.petrel;
	const { code, stdout, stderr } = await runPetrel([...args, '--control', control, '--format', 'json'], {
		cwd: '/',
	});
	assert.equal(code, 0, stderr);
	return JSON.parse(stdout);
}
