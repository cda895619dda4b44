/**
 * Upstreams that are petrel itself. One block may forward to another on purpose; it is a loop only if the way leads back
 * to the same `forward`. The way is walked with the code that the engine uses.
 */
import ipaddr from 'ipaddr.js';
import type { ForwardOptions, SourcePosition } from '../../config/model.ts';
import {
	type Block,
	compileBlocks,
	type Forward,
	firstForward,
	type Routes,
	routesOf,
} from '../../engine/compile.ts';
import { expandBind } from '../../net/addresses.ts';
import { hostPort } from '../../net/bind-error.ts';
import { planListeners } from '../../server/listen-plan.ts';
import { parseResolvConf } from '../../server/resolv-conf.ts';
import type { LintContext } from './lint.ts';

const dnsPort = 53;

interface Way {
	/** What answers at an address and port of petrel's own. */
	readonly routes: ReadonlyMap<string, Routes>;
	addressesOf(forward: ForwardOptions): readonly string[];
}

export function checkLoops(context: LintContext): void {
	const { model, place, found } = context;
	const blocks = compileBlocks(model);
	const { endpoints } = planListeners(model, [], (bind, except) =>
		expandBind(bind, except, place?.interfaces ?? {}),
	);
	const routes = new Map(
		endpoints.map((endpoint, listener) => [
			hostPort(endpoint.address, endpoint.port),
			routesOf(blocks, listener, endpoint),
		]),
	);
	const way: Way = { routes, addressesOf: (forward) => addressesOf(forward, context) };
	for (const block of blocks) {
		for (const forward of block.forwards) {
			const via = loopOf(block, forward, way);
			if (via === undefined) continue;
			const message = `the upstream ${via} is petrel itself: names in ${forward.options.from} come back to this line`;
			found(
				'loops-to-itself',
				forward.options.at,
				message,
				'name another upstream, or keep petrel off that address',
			);
		}
	}
}

/** The upstream through which a query that takes this forward comes back to it; undefined if there is none. */
function loopOf(block: Block, forward: Forward, way: Way): string | undefined {
	for (const name of namesThatTake(block, forward)) {
		for (const address of way.addressesOf(forward.options)) {
			if (leadsTo(forward.options.at, address, name, way, new Set())) return address;
		}
	}
	return undefined;
}

/** One name for each zone of the block whose names the forward takes: the zone, or FROM where that is longer. */
function namesThatTake(block: Block, forward: Forward): Uint8Array[] {
	return block.zones
		.map((zone) => (zone.length > forward.from.length ? zone : forward.from))
		.filter((name) => block.forwards[firstForward(block, name, name.length)] === forward);
}

function leadsTo(
	goal: SourcePosition,
	address: string,
	name: Uint8Array,
	way: Way,
	seen: Set<string>,
): boolean {
	if (seen.has(address)) return false;
	seen.add(address);
	const block = way.routes.get(address)?.table.find(name, name.length)?.block;
	if (block === undefined || block.whoami) return false;
	const next = block.forwards[firstForward(block, name, name.length)];
	if (next === undefined) return false;
	if (next.options.at === goal) return true;
	return way.addressesOf(next.options).some((other) => leadsTo(goal, other, name, way, seen));
}

function addressesOf({ to }: ForwardOptions, { place }: LintContext): string[] {
	return to.flatMap((target) => {
		if (target.kind === 'address') return [hostPort(canonical(target.address), target.port)];
		if (target.kind === 'demo') return [];
		const text = place?.readText(target.path) ?? '';
		return parseResolvConf(text).map((address) => hostPort(canonical(address), dnsPort));
	});
}

function canonical(address: string): string {
	return address.includes('%') ? address : ipaddr.process(address).toString();
}
