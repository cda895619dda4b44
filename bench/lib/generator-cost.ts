/**
 * What a load generator costs: processor time of all its threads over a span in the middle of a run, by the queries that the
 * reflector answered meanwhile. Neither its start nor its end is in the span, for whoever it is.
 */
import { performance } from 'node:perf_hooks';
import { setTimeout as sleep } from 'node:timers/promises';
import type { Program } from './process.ts';
import { scheduledOf } from './processor-time.ts';
import type { Reflector } from './reflector.ts';

export interface Cost {
	/** Of the generator, all its threads. */
	readonly processorUs: number;
	readonly queriesPerSec: number;
	/** Of its core, that the reflector had: at nearly 1 the rate is the reflector's. */
	readonly reflectorShare: number;
}

/** How often is looked whether it has begun, and how long it may take to. */
const lookMs = 20;
const beginMs = 15_000;

interface Mark {
	readonly atMs: number;
	/** Since the mark before. */
	readonly queries: number;
	readonly generatorSec: number;
	readonly reflectorSec: number;
}

async function mark(generator: Program, reflector: Reflector): Promise<Mark> {
	const { udpQueries } = await reflector.counts();
	return {
		atMs: performance.now(),
		queries: udpQueries,
		generatorSec: scheduledOf(generator.pid).ranSec,
		reflectorSec: scheduledOf(reflector.program.pid).ranSec,
	};
}

/** Resolves when the first queries have come. */
async function begun(generator: Program, reflector: Reflector): Promise<void> {
	const endMs = performance.now() + beginMs;
	while ((await reflector.counts()).udpQueries === 0) {
		if (!generator.alive || performance.now() > endMs) {
			throw new Error(`the generator sends nothing: ${generator.errors}${generator.output}`);
		}
		await sleep(lookMs);
	}
}

/**
 * Measures a generator that was just started. It must go on for `warmSec` and `seconds` and some more.
 *
 * @param warmSec from its first query on; optimised code comes late
 */
export async function measureCost(
	generator: Program,
	reflector: Reflector,
	warmSec: number,
	seconds: number,
): Promise<Cost> {
	await begun(generator, reflector);
	await sleep(warmSec * 1000);
	const from = await mark(generator, reflector);
	let to: Mark;
	// Whoever gets no processor for as long as a smoke run's span is waited for.
	do {
		await sleep(seconds * 1000);
		to = await mark(generator, reflector);
	} while (to.queries === 0 && generator.alive);
	if (!generator.alive) throw new Error(`the generator ended too early: ${generator.errors}`);
	const spanSec = (to.atMs - from.atMs) / 1000;
	return {
		processorUs: (1e6 * (to.generatorSec - from.generatorSec)) / to.queries,
		queriesPerSec: to.queries / spanSec,
		reflectorShare: (to.reflectorSec - from.reflectorSec) / spanSec,
	};
}
