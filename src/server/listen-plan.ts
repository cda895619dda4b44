import { isIP } from 'node:net';
import type { Model, ServerBlock } from '../config/model.ts';
import { expandBind, isWildcard } from '../net/addresses.ts';
import { hostPort } from '../net/bind-error.ts';
import type { Endpoint } from './shard-messages.ts';

/** An address and port from `--listen`; without an address, all of the machine's. Port 0: one that is free. */
export interface ListenAddress {
	readonly address: string | undefined;
	readonly port: number;
}

/** Where the server answers: which blocks at which address and port. Endpoints are not numbered yet. */
export type PlannedEndpoint = Omit<Endpoint, 'number' | 'rows'>;

export interface ListenPlan {
	readonly endpoints: readonly PlannedEndpoint[];
	/** What `bind` lines name and this machine does not have: interfaces that may come later. */
	readonly unknown: readonly string[];
}

export type ExpandBind = typeof expandBind;

/**
 * Which sockets a configuration needs on this machine now. `--listen` addresses take the place of every `bind` and
 * port of the Corefile, for all blocks.
 */
export function planListeners(
	model: Model,
	listen: readonly ListenAddress[],
	expand: ExpandBind = expandBind,
): ListenPlan {
	const keyPort = (port: number): number | undefined => (listen.length > 0 ? undefined : port);
	const blocksAt = new Map<string, PlannedBlocks>();
	const unknown = new Set<string>();
	const add = (address: string, port: number, block: number): void => {
		const key = hostPort(address, port);
		const entry = blocksAt.get(key) ?? { address, port, blocks: new Set() };
		blocksAt.set(key, entry);
		entry.blocks.add(block);
	};
	for (const [number, block] of model.blocks.entries()) {
		if (listen.length > 0) {
			for (const { address, port } of expandListen(listen, expand)) add(address, port, number);
			continue;
		}
		const expanded = expand(block.bind, block.bindExcept);
		for (const name of expanded.unknown) unknown.add(name);
		for (const address of expanded.addresses) {
			for (const { port } of block.keys) add(address, port, number);
		}
	}
	shareWildcards([...blocksAt.values()]);
	const endpoints = [...blocksAt.values()].map((entry) => ({
		...entry,
		blocks: [...entry.blocks],
		keyPort: keyPort(entry.port),
	}));
	return { endpoints, unknown: [...unknown] };
}

interface PlannedBlocks {
	readonly address: string;
	readonly port: number;
	readonly blocks: Set<number>;
}

/** The kernel prefers a socket on the very address to one on the wildcard: what answers everywhere answers there too. */
function shareWildcards(planned: readonly PlannedBlocks[]): void {
	for (const everywhere of planned.filter(({ address }) => isWildcard(address))) {
		for (const one of planned) {
			if (one.port !== everywhere.port || isIP(one.address) !== isIP(everywhere.address)) continue;
			for (const block of everywhere.blocks) one.blocks.add(block);
		}
	}
}

function expandListen(
	listen: readonly ListenAddress[],
	expand: ExpandBind,
): { address: string; port: number }[] {
	return listen.flatMap(({ address, port }) =>
		expand(address === undefined ? [] : [address], []).addresses.map((each) => ({ address: each, port })),
	);
}

/** Whether the plan can change while the server runs: it names all addresses, or interfaces, whose addresses change. */
export function followsInterfaces(model: Model, listen: readonly ListenAddress[]): boolean {
	const follows = (bind: readonly string[]): boolean =>
		bind.length === 0 || bind.some((item) => isWildcard(item) || isIP(item) === 0);
	if (listen.length > 0) return listen.some(({ address }) => follows(address === undefined ? [] : [address]));
	return model.blocks.some((block: ServerBlock) => follows(block.bind));
}
