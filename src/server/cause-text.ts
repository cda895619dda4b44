import type { EngineEvent } from '../engine/io.ts';

type Failure = Extract<EngineEvent, { kind: 'resolution-failed' }>;

/** System errors in the words of Go, behind what was tried. */
const refusals: Readonly<Record<string, string>> = {
	ECONNREFUSED: 'connection refused',
	EHOSTUNREACH: 'no route to host',
	ENETUNREACH: 'network is unreachable',
	EACCES: 'permission denied',
	EPERM: 'operation not permitted',
};

/**
 * Why a query failed, in the form that CoreDNS has it, so that `consolidate` patterns and alerts made for CoreDNS match:
 * `read udp ->192.0.2.1:53: i/o timeout`. What stands before the arrow there, petrel's own end, is left out: every try
 * has another one.
 */
export function causeText(failure: Failure, nameOfUpstream: (upstream: number) => string): string {
	const { cause, upstream, overTcp } = failure;
	if (upstream < 0) return cause;
	const address = nameOfUpstream(upstream);
	if (overTcp && cause === 'closed') return 'EOF';
	if (overTcp && cause === 'ETIMEDOUT') return `dial tcp ${address}: i/o timeout`;
	if (cause === 'ECONNRESET') return `read tcp ->${address}: read: connection reset by peer`;
	const refusal = Object.hasOwn(refusals, cause) ? refusals[cause] : undefined;
	if (refusal === undefined) return `read ${overTcp ? 'tcp' : 'udp'} ->${address}: ${cause}`;
	return overTcp ? `dial tcp ${address}: connect: ${refusal}` : `read udp ->${address}: read: ${refusal}`;
}
