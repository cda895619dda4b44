import { hit } from './hit.ts';
import { latency } from './latency.ts';
import { manyClients } from './many-clients.ts';
import { memory } from './memory.ts';
import { miss, missTcp } from './miss.ts';
import { mixed } from './mixed.ts';
import { ports } from './ports.ts';
import { scaling } from './scaling.ts';
import type { Scenario } from './scenario.ts';

export const scenarios: readonly Scenario[] = [
	hit,
	miss,
	missTcp,
	mixed,
	latency,
	memory,
	scaling,
	manyClients,
	ports,
];
