/** Both servers with the same Corefile, each with scripted upstreams of its own, for a group of cases that share it. */

import { formatFinding } from '../../src/config/format.ts';
import { loadCorefile } from '../../src/config/load.ts';
import { messageOf } from '../../src/util/errors.ts';
import type { Cleanup } from '../support/integration/child.ts';
import type { Server } from '../support/integration/client.ts';
import { startCoredns } from '../support/integration/coredns.ts';
import { type ScriptedUpstream, startScriptedUpstream } from '../support/integration/house.ts';
import { startPetrel } from '../support/integration/petrel.ts';
import type { PeerCase } from './case.ts';
import { compareSteps, type Difference } from './compare.ts';
import { Session } from './session.ts';

export interface CaseResult {
	readonly peerCase: PeerCase;
	readonly differences: readonly Difference[];
	/** Why it did not run. */
	readonly skipped?: string;
	/** What went wrong while it ran. */
	readonly failure?: string;
}

/** A case of an own house, or all that share a Corefile and a number of upstreams. */
export function groupsOf(cases: readonly PeerCase[]): PeerCase[][] {
	const groups = new Map<string, PeerCase[]>();
	for (const peerCase of cases) {
		const { id, corefile, upstreams = 1, alone } = peerCase;
		const key = alone ? id : `${upstreams} ${corefile}`;
		groups.set(key, [...(groups.get(key) ?? []), peerCase]);
	}
	return [...groups.values()];
}

function written(corefile: string, port: number, upstreams: readonly ScriptedUpstream[]): string {
	const [first, second] = upstreams;
	const text = corefile.replaceAll('PORT', String(port)).replaceAll('UPSTREAM', first.target);
	return second ? text.replaceAll('SECOND', second.target) : text;
}

/** Why petrel does not take a Corefile; undefined when it does. */
export function refusal(corefile: string): string | undefined {
	const text = corefile.replaceAll('PORT', '53').replaceAll(/UPSTREAM|SECOND/g, '192.0.2.1');
	const [error] = loadCorefile({ path: 'Corefile', text, env: {} }).errors;
	return error && formatFinding(error, 'error').split('\n')[0];
}

interface House {
	readonly server: Server;
	readonly upstreams: readonly ScriptedUpstream[];
}

async function startHouses(cleanup: Cleanup, program: string, { corefile, upstreams = 1 }: PeerCase) {
	// As a resolver answers that has asked others: without AA.
	const script = { remembered: 100_000, aa: false };
	const start = () =>
		Promise.all(Array.from({ length: upstreams }, () => startScriptedUpstream(cleanup, script)));
	const [forCoredns, forPetrel] = [await start(), await start()];
	const coredns: House = {
		server: await startCoredns(cleanup, (port) => written(corefile, port, forCoredns), program),
		upstreams: forCoredns,
	};
	// petrel is told where to listen by a flag: its port is found and taken in one step.
	const petrel: House = {
		server: await startPetrel(cleanup, written(corefile, 53, forPetrel)),
		upstreams: forPetrel,
	};
	return { coredns, petrel };
}

async function runCase(peerCase: PeerCase, coredns: House, petrel: House): Promise<CaseResult> {
	const zone = `${peerCase.id.toLowerCase()}.test`;
	const [a, b] = [coredns, petrel].map(({ server, upstreams }) => new Session(server, upstreams, `${zone}.`));
	try {
		await Promise.all([peerCase.run(a, zone), peerCase.run(b, zone)]);
	} catch (thrown) {
		return { peerCase, differences: [], failure: messageOf(thrown) };
	}
	return { peerCase, differences: compareSteps(peerCase.id, a.steps, b.steps) };
}

/** Runs the cases of one group at the same time. */
export async function runGroup(program: string, cases: readonly PeerCase[]): Promise<CaseResult[]> {
	const refused = refusal(cases[0].corefile);
	if (refused !== undefined)
		return cases.map((peerCase) => ({ peerCase, differences: [], skipped: refused }));
	const endings: (() => Promise<void>)[] = [];
	const cleanup: Cleanup = { after: (done) => void endings.push(done) };
	try {
		const { coredns, petrel } = await startHouses(cleanup, program, cases[0]);
		return await Promise.all(cases.map((peerCase) => runCase(peerCase, coredns, petrel)));
	} catch (thrown) {
		return cases.map((peerCase) => ({ peerCase, differences: [], failure: messageOf(thrown) }));
	} finally {
		for (const end of endings.reverse()) await end();
	}
}
