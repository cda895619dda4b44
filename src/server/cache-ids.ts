import type { Model, ServerBlock } from '../config/model.ts';

/** Ids are sixteen bits of a cache key. */
const idsMax = 0x1_0000;

/** What of a block has no part in which answers it keeps, and in what form. */
const apartFromAnswers: ReadonlySet<string> = new Set([
	'at',
	'keys',
	'bind',
	'bindExcept',
	'errors',
	'whoami',
	'loop',
	'acl',
	'any',
	'hosts',
	'local',
	'nsid',
	'templates',
	'loadbalance',
	'debug',
	'health',
	'log',
	'prometheus',
	'ready',
	'reload',
	'timeouts',
] satisfies (keyof ServerBlock)[]);

/**
 * Gives each server block the id that its answers are kept under. A block that a new configuration leaves as it is has
 * the same id in it, and so its cache; one that gets, keeps or bounds answers otherwise has a new one. What was kept
 * under an id that no block has any more is never found again, and makes room.
 */
export class CacheIds {
	#current = new Map<string, number>();
	#next = 0;

	/** The ids of a model's blocks, in their order; nothing is changed until they are `accept`ed. */
	propose(model: Model): readonly number[] {
		let next = this.#next;
		const inUse = new Set(this.#current.values());
		return identitiesOf(model).map((identity) => {
			const known = this.#current.get(identity);
			if (known !== undefined) return known;
			while (inUse.has(next)) next = (next + 1) % idsMax;
			inUse.add(next);
			return next;
		});
	}

	/** @param ids what `propose` said of this model */
	accept(model: Model, ids: readonly number[]): void {
		this.#current = new Map(identitiesOf(model).map((identity, block) => [identity, ids[block]]));
		this.#next = (Math.max(this.#next, ...ids) + 1) % idsMax;
	}
}

/** Equal for blocks whose answers are the same; blocks of one model are apart in any case. */
function identitiesOf(model: Model): string[] {
	const seen = new Map<string, number>();
	return model.blocks.map((block) => {
		const entries = Object.entries(block).filter(([name]) => !apartFromAnswers.has(name));
		const text = JSON.stringify(entries, (name, value) => (name === 'at' ? undefined : value));
		const count = seen.get(text) ?? 0;
		seen.set(text, count + 1);
		return `${count} ${text}`;
	});
}
