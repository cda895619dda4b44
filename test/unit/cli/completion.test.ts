/** The scripts that shells read, and the candidates that they ask for. */
import assert from 'node:assert/strict';
import { spawnSync } from 'node:child_process';
import { test } from 'node:test';
import { runPetrel } from './petrel-process.ts';

async function candidates(...words: string[]): Promise<{ values: string[]; directive: string }> {
	const { code, stdout, stderr } = await runPetrel(['complete', '--', ...words]);
	assert.equal(code, 0, stderr);
	const lines = stdout.trimEnd().split('\n');
	return { values: lines.slice(0, -1).map((line) => line.split('\t')[0]), directive: lines.at(-1)! };
}

/** `-n` reads a script without running it, in every shell that is here. */
for (const [shell, program, args] of [
	['bash', 'bash', ['-n']],
	['zsh', 'zsh', ['-n']],
	['fish', 'fish', ['--no-execute']],
] as const) {
	test(`completion ${shell}: the script is one of that shell`, async (context) => {
		const { code, stdout } = await runPetrel(['completion', shell]);
		assert.equal(code, 0);
		assert.match(stdout, /petrel complete -- /);
		if (spawnSync(program, ['--version']).error) return context.skip(`${program} is not installed`);
		const read = spawnSync(program, [...args], { input: stdout, encoding: 'utf8' });
		assert.deepEqual([read.status, read.stderr], [0, '']);
	});
}

test('completion powershell: a script', async () => {
	const { code, stdout } = await runPetrel(['completion', 'powershell']);
	assert.equal(code, 0);
	assert.match(stdout, /Register-ArgumentCompleter/);
});

test('completion of a shell that is unknown is a usage error', async () => {
	const { code, stderr } = await runPetrel(['completion', 'tcsh']);
	assert.equal(code, 2);
	assert.match(stderr, /zsh, bash, fish, powershell/);
});

test('complete: commands, flags and choices', async () => {
	assert.deepEqual((await candidates('che')).values, ['check']);
	assert.ok((await candidates('')).values.includes('doctor'));
	assert.ok(!(await candidates('')).values.includes('complete'), 'what only scripts call is not offered');
	assert.deepEqual((await candidates('check', '--form')).values, ['--format']);
	assert.deepEqual((await candidates('check', '--format', '')).values, ['text', 'json', 'github']);
	assert.deepEqual((await candidates('completion', 'z')).values, ['zsh']);
});

test('complete: where a file is wanted the shell is told to offer files', async () => {
	for (const command of ['serve', 'check', 'explain', 'convert', 'doctor']) {
		assert.deepEqual(await candidates(command, ''), { values: [], directive: ':0' }, command);
	}
	assert.equal((await candidates('query', '')).directive, ':4');
});

test('completion bash: asks petrel, offers files, and may be read twice', async (context) => {
	if (spawnSync('bash', ['--version']).error) return context.skip('bash is not installed');
	const { stdout } = await runPetrel(['completion', 'bash']);
	// bash-completion's function, as far as the script uses it.
	const words = `_get_comp_words_by_ref() { cur=$CUR; words=(petrel check "$CUR"); cword=2; }
petrel() { printf 'a.conf\\tone\\nb.conf\\ttwo\\n:0\\n'; }`;
	const run = `${words}\n${stdout}\n${stdout}\nCUR=b; __petrel_complete; echo "$\{COMPREPLY[*]}"; complete -p petrel\n`;
	const ran = spawnSync('bash', ['--norc'], { input: run, encoding: 'utf8' });
	assert.equal(ran.stdout, 'b.conf\ncomplete -o default -F __petrel_complete petrel\n');
	assert.equal(ran.stderr, '');
});
