import type { Model, ServerBlock } from '../config/model.ts';
import { hostPort } from '../net/bind-error.ts';
import type { PlannedEndpoint } from './listen-plan.ts';

/**
 * The label `server` of an endpoint, as CoreDNS has it: its address and port, and the port alone where its blocks bind
 * every address. `--listen` takes the place of `bind`.
 */
export function serverLabel(
	{ address, port, blocks }: PlannedEndpoint,
	model: Model,
	hasListen: boolean,
): string {
	const everywhere = !hasListen && blocks.every((number) => model.blocks[number]?.bind.length === 0);
	return everywhere ? `dns://:${port}` : `dns://${hostPort(address, port)}`;
}

export function cacheZonesOf({ cache }: ServerBlock): string | undefined {
	return cache?.zones.join(',');
}
