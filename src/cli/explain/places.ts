/** Where a configuration answers, without asking the machine what addresses it has. */
import { isIP } from 'node:net';
import type { Model } from '../../config/model.ts';
import { bindKeepingWildcards, type ExpandedBind, type Interfaces } from '../../net/addresses.ts';
import { hostPort } from '../../net/bind-error.ts';
import { type ListenAddress, type PlannedEndpoint, planListeners } from '../../server/listen-plan.ts';
import { PetrelError } from '../../util/errors.ts';

/** Listeners at which the same blocks answer. */
export interface Place {
	/** `127.0.0.1:53` */
	readonly listeners: readonly string[];
	readonly endpoint: PlannedEndpoint;
}

/** Interfaces that this machine does not have stand for themselves, so that a file for another machine can be explained. */
function expandFor(
	interfaces: Interfaces,
): (bind: readonly string[], except: readonly string[]) => ExpandedBind {
	return (bind, except) => {
		const here = bind.filter((item) => isIP(item) !== 0 || Object.hasOwn(interfaces, item));
		const elsewhere = bind.filter((item) => !here.includes(item));
		if (bind.length > 0 && here.length === 0) return { addresses: elsewhere, unknown: [] };
		const { addresses } = bindKeepingWildcards(
			here,
			except.filter((item) => !elsewhere.includes(item)),
			interfaces,
		);
		return { addresses: [...addresses, ...elsewhere], unknown: [] };
	};
}

export function placesOf(model: Model, interfaces: Interfaces): Place[] {
	const { endpoints } = planListeners(model, [], expandFor(interfaces));
	const places = new Map<string, { listeners: string[]; endpoint: PlannedEndpoint }>();
	for (const endpoint of endpoints) {
		const same = JSON.stringify([[...endpoint.blocks].sort((a, b) => a - b), endpoint.port]);
		const place = places.get(same) ?? { listeners: [], endpoint };
		places.set(same, place);
		place.listeners.push(hostPort(endpoint.address, endpoint.port));
	}
	return [...places.values()];
}

/** The place that a client of `listen` asks; throws `PETREL_CONFIG` if nothing answers there. */
export function placeAt(places: readonly Place[], listen: ListenAddress): Place {
	const wanted = listen.address === undefined ? undefined : hostPort(listen.address, listen.port);
	const exact = places.find(({ listeners }) => wanted !== undefined && listeners.includes(wanted));
	const family = isIP(listen.address ?? '');
	const wildcards = family === 6 ? ['::'] : family === 4 ? ['0.0.0.0'] : ['0.0.0.0', '::'];
	const everywhere = wildcards.map((address) => hostPort(address, listen.port));
	const found = exact ?? places.find(({ listeners }) => everywhere.some((each) => listeners.includes(each)));
	if (found) return { ...found, listeners: [wanted ?? `:${listen.port}`] };
	const all = places.flatMap(({ listeners }) => listeners).join(' ');
	throw new PetrelError(
		'PETREL_CONFIG',
		`nothing listens on ${wanted ?? `port ${listen.port}`}: the file has ${all}`,
	);
}
