import type { Contender, House } from './house.ts';
import { floorName } from './house.ts';
import { addFloorMultiples, type Measurement, rounded } from './measurement.ts';

/**
 * Measures every contender once a round, round after round, so that whatever else the machine does meanwhile hits all
 * alike. One that fails is left out from then on.
 *
 * @param measure one round of one contender
 */
export async function measureRounds(
	house: House,
	contenders: readonly Contender[],
	measure: (contender: Contender, round: number) => Promise<Measurement>,
): Promise<Record<string, Measurement[]>> {
	const servers: Record<string, Measurement[]> = {};
	const failed = new Set<string>();
	for (let round = 0; round < house.options.rounds; round++) {
		for (const contender of contenders) {
			const { name } = contender;
			if (failed.has(name)) continue;
			const measurement = await house.tried(name, () => measure(contender, round));
			if (measurement === undefined) failed.add(name);
			else (servers[name] ??= []).push(measurement);
		}
		house.say(`  round ${round + 1} of ${house.options.rounds}`);
	}
	for (const name of failed) delete servers[name];
	addFloorMultiples(servers, floorName);
	for (const name of Object.keys(servers)) servers[name] = servers[name].map(rounded);
	return servers;
}
