import type { TimeoutsOptions } from '../config/model/operations.ts';
import type { Model } from '../config/model.ts';
import type { TcpLimits } from '../net/transport.ts';
import { tcpConnectionsMax } from './connection-slots.ts';

export const normalTcpLimits: TcpLimits = {
	maxConnections: tcpConnectionsMax,
	maxPipelined: 128,
	idleMs: 10_000,
	readMs: 5_000,
	writeMs: 5_000,
	maxQueries: 0,
};

/** The limits of an endpoint's connections: of each, what the first of its blocks says that says anything. */
export function tcpLimitsOf(model: Model, blocks: readonly number[]): TcpLimits {
	const said = [...blocks].sort((a, b) => a - b).map((block) => model.blocks[block].timeouts);
	const first = (setting: keyof Omit<TimeoutsOptions, 'at'>): number | undefined =>
		said.find((timeouts) => timeouts?.[setting] !== undefined)?.[setting];
	return {
		...normalTcpLimits,
		idleMs: first('idleMs') ?? normalTcpLimits.idleMs,
		readMs: first('readMs') ?? normalTcpLimits.readMs,
		writeMs: first('writeMs') ?? normalTcpLimits.writeMs,
		maxQueries: first('maxQueries') ?? normalTcpLimits.maxQueries,
	};
}
