import type { PeerCase } from '../case.ts';
import { clientCases } from './clients.ts';
import { directiveCases } from './directives.ts';
import { forwardingCases } from './forwarding.ts';
import { malformedCases } from './malformed.ts';
import { negativeCases } from './negative.ts';
import { positiveCases } from './positive.ts';
import { staleCases } from './stale.ts';

/** Every input, in the order of its number. */
export const allCases: readonly PeerCase[] = [
	...positiveCases,
	...negativeCases,
	...staleCases,
	...forwardingCases,
	...clientCases,
	...malformedCases,
	...directiveCases,
].sort((a, b) => (a.id < b.id ? -1 : 1));
