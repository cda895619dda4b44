/**
 * The Corefiles that people have, run by CoreDNS on the nodes that test/integration/corefiles.test.ts makes for petrel:
 * what is expected of petrel there has to be what CoreDNS does.
 */
import { cpSync } from 'node:fs';
import { join } from 'node:path';
import { messageOf } from '../../src/util/errors.ts';
import { corefileDirectory } from '../support/corefiles.ts';
import type { Cleanup } from '../support/integration/child.ts';
import { temporaryDirectory } from '../support/integration/petrel.ts';
import { nodeCases } from '../support/node/cases.ts';
import { unlessNode } from '../support/node/run.ts';
import { visitNode } from '../support/node/visit.ts';

export interface CorefileResult {
	readonly name: string;
	/** What CoreDNS did otherwise; undefined: nothing. */
	readonly failure?: string;
}

/** Why none can be run; false: they can. */
export const noCorefiles: string | false = unlessNode.skip;

async function runCorefile(program: string, name: string): Promise<CorefileResult> {
	const endings: (() => Promise<void>)[] = [];
	const cleanup: Cleanup = { after: (done) => void endings.push(done) };
	try {
		const directory = await temporaryDirectory(cleanup);
		cpSync(corefileDirectory, directory, { recursive: true });
		cpSync(join(directory, `${name}.Corefile`), join(directory, 'Corefile'));
		await visitNode(cleanup, nodeCases[name], { directory, coredns: program });
		return { name };
	} catch (thrown) {
		return { name, failure: messageOf(thrown) };
	} finally {
		for (const end of endings.reverse()) await end();
	}
}

export async function runCorefiles(program: string): Promise<CorefileResult[]> {
	const results: CorefileResult[] = [];
	for (const name of Object.keys(nodeCases)) results.push(await runCorefile(program, name));
	return results;
}
