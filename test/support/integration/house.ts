/** The usual test house: a scripted upstream in this process, and petrel in one of its own that forwards to it. */
import { UpstreamScript, type UpstreamScriptOptions } from '../../../src/load/upstream/script.ts';
import { type RunningUpstream, startUpstream } from '../../../src/load/upstream/server.ts';
import type { Cleanup } from './child.ts';
import { type Petrel, type PetrelOptions, startPetrel } from './petrel.ts';

/** A scripted upstream with its address as `forward` takes it. */
export interface ScriptedUpstream extends RunningUpstream {
	readonly target: string;
}

export async function startScriptedUpstream(
	cleanup: Cleanup,
	options: Partial<UpstreamScriptOptions> & { address?: string; port?: number } = {},
): Promise<ScriptedUpstream> {
	const { address = '127.0.0.1', port = 0, ...script } = options;
	const upstream = await startUpstream({ address, port, script: new UpstreamScript({ seed: 1, ...script }) });
	cleanup.after(() => upstream.close());
	return Object.assign(upstream, { target: `${address}:${upstream.port}` });
}

export interface House {
	readonly upstream: ScriptedUpstream;
	readonly petrel: Petrel;
}

/** `corefile` is given the upstream's address. */
export async function startHouse(
	cleanup: Cleanup,
	corefile: (target: string) => string = (target) => `. {\n\tcache\n\tforward . ${target}\n}\n`,
	options: PetrelOptions & { script?: Partial<UpstreamScriptOptions> } = {},
): Promise<House> {
	const upstream = await startScriptedUpstream(cleanup, options.script);
	const petrel = await startPetrel(cleanup, corefile(upstream.target), options);
	return { upstream, petrel };
}
