/** How the real CoreDNS gets here where there is none: it is built from its published module. */
import { spawnSync } from 'node:child_process';
import { existsSync } from 'node:fs';
import { join } from 'node:path';
import {
	corednsVersion,
	type FoundProgram,
	goBinDirectory,
	inPath,
	locateCoredns,
	NotFound,
	ofTheVersion,
} from '../support/integration/coredns.ts';

const goPackage = `github.com/coredns/coredns@v${corednsVersion}`;
/** Compiling it takes minutes on a small machine. */
const buildLimitMs = 900_000;

function build(): string | NotFound {
	const go = inPath('go', ['/usr/local/go/bin']);
	if (go === undefined)
		return new NotFound(`no coredns, and no Go to build it with (go install ${goPackage})`);
	process.stdout.write(`building CoreDNS: go install ${goPackage}\n`);
	const built = spawnSync(go, ['install', goPackage], { encoding: 'utf8', timeout: buildLimitMs });
	const path = join(goBinDirectory(), 'coredns');
	if (built.status === 0 && existsSync(path)) return path;
	return new NotFound(`go install ${goPackage} failed: ${(built.stderr ?? '').trim().split('\n').at(-1)}`);
}

/** Finds CoreDNS, or builds it where there is Go. */
export function findOrBuildCoredns(): FoundProgram | NotFound {
	const path = locateCoredns() ?? build();
	return path instanceof NotFound ? path : ofTheVersion(path);
}
