import type { TimeoutsOptions } from '../model/operations.ts';
import { type ArgumentSpec, directive, type OptionSpec } from './spec.ts';

type TimeoutsDraft = { -readonly [Setting in keyof TimeoutsOptions]: TimeoutsOptions[Setting] };

function limit(
	name: 'read' | 'write' | 'idle',
	setting: 'readMs' | 'writeMs' | 'idleMs',
	normal: string,
	text: string,
): OptionSpec<TimeoutsDraft> {
	const duration = {
		name: 'DURATION',
		kind: 'duration',
		unit: 'ms',
		bareSeconds: true,
		min: 1000,
		max: 24 * 3_600_000,
		text: 'a number without a unit is seconds',
	} as const satisfies ArgumentSpec;
	return {
		name,
		args: [duration],
		text,
		default: normal,
		apply: (draft, values) => {
			draft[setting] = values.number(duration.name);
		},
	};
}

export const timeouts = directive<TimeoutsDraft>({
	name: 'timeouts',
	summary: 'limits of TCP connections of clients',
	text: [
		'They hold for an address and port. Where several blocks answer there, the first that gives a limit decides.',
	],
	args: [],
	options: [
		limit('read', 'readMs', '5 s', 'how long a query may take from its first octet to its last'),
		limit('write', 'writeMs', '5 s', 'how long a client may leave its replies unread'),
		limit('idle', 'idleMs', '10 s', 'how long a connection may be without a query'),
		{
			name: 'maxtcpqueries',
			args: [
				{
					name: 'MAXIMUM',
					kind: 'integer',
					min: -1,
					text: 'a positive number, or -1: no limit',
				},
			],
			text: 'how many queries a connection may carry: it is closed when the last is answered',
			default: '-1',
			apply: (draft, values, { statement, report }) => {
				const maximum = values.number('MAXIMUM')!;
				if (maximum === 0) {
					report.error(
						statement.args[0].at,
						'`maxtcpqueries 0` would answer nothing',
						'for no limit write -1',
					);
				}
				draft.maxQueries = Math.max(0, maximum);
			},
		},
	],
	once: true,
	coredns: [
		'`read` is 3 s there without the directive',
		'of several blocks at one address the last decides there',
	],
	tests: [
		'unit/config/timeouts-directive',
		'unit/server/tcp-limits',
		'unit/net/tcp-listener',
		'integration/timeouts',
	],
	example: `. {
    timeouts {
        idle 1m
        maxtcpqueries 128
    }
    forward . 192.0.2.1
}`,
	begin: (_, { statement, report }) => {
		const { name, block } = statement;
		if (!block || block.length === 0) {
			report.error(
				name.at,
				'`timeouts` names no limit',
				'write for example `idle 10s` in a block, or remove it',
			);
		}
		return { at: name.at, readMs: undefined, writeMs: undefined, idleMs: undefined, maxQueries: undefined };
	},
	end: (draft, { block }) => {
		block.timeouts = draft;
	},
});
