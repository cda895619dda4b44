import type { QuerySet } from './query-set.ts';

/**
 * What is asked, in which order, as plain data: threads get it as a structured clone and share its memory. A plan makes
 * it (plan-workload.ts, plan-trace.ts), `openSource` asks it.
 */
export interface Workload {
	readonly set: QuerySet;
	readonly draw: Draw;
	/** Each query has a label of its own in front of its name: see own-label.ts. */
	readonly prefix: boolean;
	/** The queries are due at the set's own times. */
	readonly timed: boolean;
	/** In words, for reports: "Zipf 1.1 over 100,000 names below petrel.example., A". */
	readonly text: string;
}

/** How the next query is found. */
export type Draw = InOrderDraw | PopularityDraw | HitRatioDraw;

/** One query of the set after the other. */
export interface InOrderDraw {
	readonly kind: 'in-order';
	/** From the start again when all were asked; otherwise there is no more. */
	readonly repeat: boolean;
}

/** Independent draws of names. */
export interface PopularityDraw {
	readonly kind: 'uniform' | 'zipf';
	readonly names: number;
	/** Name i has the queries [i * n, (i + 1) * n) of the set. Each draw of a name takes the next of the n types. */
	readonly typesPerName: number;
	/**
	 * Or name i has the queries [l(i), l(i + 1)), all asked one after the other when it is drawn, as a resolver looks a
	 * name up: Uint32, `names` + 1.
	 */
	readonly lookups: SharedArrayBuffer | undefined;
	/** Of Zipf's law; 0 is the uniform draw. */
	readonly exponent: number;
	/** Of `buildAliasTable`; undefined: uniform. */
	readonly aliases: SharedArrayBuffer | undefined;
}

/**
 * First every known query once, in order. From then on, with probability `hitRatio`, a known one drawn evenly, else one
 * for a name that was never asked for.
 */
export interface HitRatioDraw {
	readonly kind: 'hit-ratio';
	/** [0, 1] */
	readonly hitRatio: number;
	/** The queries [0, known) of the set; name i has `typesPerName` of them. */
	readonly known: number;
	readonly typesPerName: number;
	/** New names are made of the queries [firstTemplate, firstTemplate + templates), in turn, with a label in front. */
	readonly firstTemplate: number;
	readonly templates: number;
}

/** Which of the threads of a run, and what its draws depend on. */
export interface SourcePlace {
	/** [0, workers) */
	readonly worker: number;
	readonly workers: number;
	/**
	 * 32 bits. Names that were never asked for are made of it: two runs against one server need two seeds, or the second
	 * asks what the first has left in the cache.
	 */
	readonly seed: number;
}

/**
 * How many of its first queries a source asks to make names known (`HitRatioDraw`). They belong to a warm-up: until they
 * are asked, fewer queries hit than is aimed at.
 */
export function primedQueries(workload: Workload, { worker, workers }: Omit<SourcePlace, 'seed'>): number {
	const known = workload.draw.kind === 'hit-ratio' ? workload.draw.known : 0;
	return Math.max(0, Math.ceil((known - worker) / workers));
}
