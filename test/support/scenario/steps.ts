import { sumCounters } from '../../../src/metrics/hot/counters.ts';
import { checkAnswer, checkNoAnswer } from './answer-steps.ts';
import { ask } from './query-step.ts';
import { Words } from './step-words.ts';
import { ScenarioError, type Step } from './syntax.ts';
import { checkOutCount, checkOutQuery, loseQuery, nothingOut, reply } from './upstream-steps.ts';
import type { World } from './world.ts';

type Event = (world: World, step: Step, words: Words) => void;

/** Every event that a step can be. docs/scenarios.md explains them. */
const events: Readonly<Record<string, Event>> = {
	QUERY: ask,
	CHECK_ANSWER: checkAnswer,
	NO_ANSWER: checkNoAnswer,
	CHECK_OUT_QUERY: checkOutQuery,
	REPLY: reply,
	ERROR: loseQuery,
	CHECK_OUT_COUNT: checkOutCount,
	NOTHING_OUT: nothingOut,
	TIME_PASSES(world, _step, words) {
		words.expect('ELAPSE');
		const sec = words.number('seconds');
		world.advanceTo(world.nowMs + sec * 1000);
	},
	UPSTREAM(world, _step, words) {
		world.modes.set(words.rest());
	},
	KILL_SHARD(world, _step, words) {
		world.killShard(words.number('a shard'));
	},
	START_SHARD(world, _step, words) {
		world.startShard(words.number('a shard'));
	},
	HANDOVERS(world, _step, words) {
		world.losesHandOvers = words.oneOf(['LOSE', 'DELIVER']) === 'LOSE';
	},
	CHECK_COUNTER(world, _step, words) {
		const name = words.next('a counter');
		const expected = words.number('a count');
		const counters: Readonly<Record<string, number>> = sumCounters(world.shared.counters);
		if (!(name in counters)) throw new Error(`there is no counter ${name}`);
		if (counters[name] !== expected) throw new Error(`${name} is ${counters[name]}, not ${expected}`);
	},
	CHECK_EVENT(world, _step, words) {
		const kind = words.next('a kind of event');
		const expected = words.number('a count');
		const count = world.events.filter((event) => event.kind === kind).length;
		const all = world.events.map((event) => JSON.stringify(event)).join('\n  ');
		if (count !== expected) throw new Error(`${count} ${kind} events, not ${expected}; there were\n  ${all}`);
	},
};

/** Runs one step. What it finds, and what it cannot read, is a `ScenarioError` that names its line. */
export function runStep(world: World, step: Step): void {
	const event = events[step.event];
	if (!event) throw new ScenarioError(world.file, step.line, `there is no event ${step.event}`);
	world.step = step.number;
	const words = new Words(step.words);
	try {
		event(world, step, words);
		words.end();
		world.runDue();
	} catch (thrown) {
		if (thrown instanceof ScenarioError) throw thrown;
		const message = thrown instanceof Error ? thrown.message : String(thrown);
		const error = new ScenarioError(world.file, step.line, `STEP ${step.number} ${step.event}: ${message}`);
		// A check that fails says all there is to say; what went wrong inside the engine also says where.
		if (thrown instanceof Error && thrown.stack?.includes('/src/engine/')) error.cause = thrown;
		throw error;
	}
}
