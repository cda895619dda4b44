import { loadCorefile } from '../../../src/config/load.ts';
import type { Model } from '../../../src/config/model.ts';
import { runStep } from './steps.ts';
import { type Scenario, ScenarioError } from './syntax.ts';
import { isAction } from './upstream-steps.ts';
import { World } from './world.ts';

/**
 * Runs a scenario. Throws a `ScenarioError` with the place, what was expected and what came instead, for the first
 * step that fails and for what is left over when all are done.
 */
export function runScenario(scenario: Scenario): void {
	const world = new World(scenario, loadModel(scenario));
	for (const step of scenario.steps) {
		if (isAction(step.event)) world.lastActionStep = step.number;
		runStep(world, step);
	}
	const left = world.leftovers();
	if (left.length === 0) return;
	throw new ScenarioError(scenario.file, scenario.steps.at(-1)?.line ?? 1, `at the end:\n${left.join('\n')}`);
}

function loadModel(scenario: Scenario): Model {
	const { model, errors } = loadCorefile({ path: scenario.file, text: scenario.config.corefile, env: {} });
	if (model) return model;
	const [{ at, message }] = errors;
	throw new ScenarioError(scenario.file, at.line, message);
}
