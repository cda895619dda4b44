/** The settings of a server block, each with where it comes from. */
import { directiveTable } from '../../config/directives/table.ts';
import type { ForwardOptions, ServerBlock, SourcePosition, UpstreamTarget } from '../../config/model.ts';
import type { SourceBlock, Statement } from '../../config/syntax.ts';
import { formatDurationMs } from '../../config/units.ts';
import { hostPort } from '../../net/bind-error.ts';
import { rcodeName } from '../../wire/iana.ts';
import { directivesOf, optionOf, statementAt, wordsOf } from '../written.ts';
import { cacheSettings } from './cache-settings.ts';

export interface Setting {
	readonly directive: string;
	/** The option, or part of the directive. */
	readonly name: string;
	readonly value: string;
	/** Undefined: nothing says it, the default holds. */
	readonly origin: SourcePosition | undefined;
}

/** Directives whose settings are told one by one; the lines of all others are told as they stand. */
const detailed = new Set([
	'bind',
	'bufsize',
	'cache',
	'errors',
	'forward',
	'header',
	'loop',
	'whoami',
	'import',
]);

export function settingsOf(block: ServerBlock, written: SourceBlock): Setting[] {
	return [
		...listenSettings(block, written),
		...plainSettings(block, written),
		...otherSettings(written),
		...cacheSettings(block, written),
		...block.forwards.flatMap((forward) => forwardSettings(forward, written)),
		...headerSettings(written),
	];
}

function listenSettings(block: ServerBlock, written: SourceBlock): Setting[] {
	const bind = directivesOf(written, 'bind');
	const addresses = block.bind.length > 0 ? block.bind.join(' ') : 'every address of the machine';
	const except = block.bindExcept.length > 0 ? ` except ${block.bindExcept.join(' ')}` : '';
	const sizes = directivesOf(written, 'bufsize');
	return [
		{ directive: 'bind', name: 'addresses', value: `${addresses}${except}`, origin: bind.at(-1)?.name.at },
		{
			directive: 'bufsize',
			name: 'size',
			value: `${block.bufsizeBytes} octets`,
			origin: sizes.at(-1)?.name.at,
		},
	];
}

function plainSettings(block: ServerBlock, written: SourceBlock): Setting[] {
	const originOf = (name: string): SourcePosition | undefined => directivesOf(written, name).at(-1)?.name.at;
	const stack = block.errors?.stacktrace ? ', with the stack trace of faults' : '';
	return [
		{
			directive: 'errors',
			name: 'failures',
			value: block.errors === undefined ? 'not logged' : `logged${stack}`,
			origin: originOf('errors'),
		},
		{
			directive: 'loop',
			name: 'probe',
			value: block.loop ? 'after the start' : 'none',
			origin: originOf('loop'),
		},
		...(block.whoami
			? [
					{
						directive: 'whoami',
						name: 'answers',
						value: 'every query, with the address of its client',
						origin: originOf('whoami'),
					},
				]
			: []),
	];
}

/** Directives that have no part of their own here, so that none is silently missing. */
export function otherSettings(written: SourceBlock): Setting[] {
	return written.statements
		.filter(({ name }) => !detailed.has(name.text))
		.map((statement) => ({
			directive: statement.name.text,
			name: 'line',
			value: statementText(statement),
			origin: statement.name.at,
		}));
}

function statementText(statement: Statement): string {
	const args = wordsOf(statement);
	const lines = (statement.block ?? []).map(wordsOf);
	const summary = directiveTable.get(statement.name.text)?.summary;
	const text = lines.length > 0 ? `${args} { ${lines.join('; ')} }` : args;
	return summary === undefined ? text : `${text} (${summary})`;
}

export function forwardSettings(forward: ForwardOptions, written: SourceBlock): Setting[] {
	const statement = statementAt(written, forward.at);
	const row = (name: string, value: string, option = name): Setting => ({
		directive: `forward ${forward.from}`,
		name,
		value,
		origin: optionOf(statement, option)?.name.at,
	});
	const { healthCheckDomain, healthCheckMs, healthCheckRecursionDesired } = forward;
	const probe = `${healthCheckDomain} NS every ${formatDurationMs(healthCheckMs)}`;
	return [
		{ ...row('to', forward.to.map(targetText).join(' ')), origin: forward.at },
		row('policy', forward.policy),
		...(forward.except.length > 0 ? [row('except', forward.except.join(' '))] : []),
		{
			...row('transport', forward.forceTcp ? 'TCP' : 'UDP, then TCP for what does not fit'),
			origin: (optionOf(statement, 'force_tcp') ?? optionOf(statement, 'prefer_udp'))?.name.at,
		},
		row('read_timeout', formatDurationMs(forward.readTimeoutMs)),
		row('max_fails', forward.maxFails === 0 ? '0: never down' : String(forward.maxFails)),
		row('health_check', `${probe}${healthCheckRecursionDesired ? '' : ', RD=0'}, while it is down`),
		row('max_concurrent', limitText(forward.maxConcurrent)),
		row('max_idle_conns', limitText(forward.maxIdleConns)),
		row('expire', formatDurationMs(forward.expireMs)),
		row('failover', rcodesText(forward.failover)),
		row('next', rcodesText(forward.next)),
		row(
			'failfast_all_unhealthy_upstreams',
			forward.failfastAllUnhealthyUpstreams ? 'SERVFAIL at once when all are down' : 'off',
		),
	];
}

export function targetText(target: UpstreamTarget): string {
	if (target.kind === 'address') return hostPort(target.address, target.port);
	return target.kind === 'demo' ? 'demo://' : target.path;
}

function limitText(count: number): string {
	return count === 0 ? 'no limit of its own' : String(count);
}

function rcodesText(codes: readonly number[]): string {
	return codes.length === 0 ? 'none' : codes.map(rcodeName).join(' ');
}

function headerSettings(written: SourceBlock): Setting[] {
	return directivesOf(written, 'header').flatMap(({ block }) =>
		(block ?? []).map((rule) => ({
			directive: 'header',
			name: 'rule',
			value: wordsOf(rule),
			origin: rule.name.at,
		})),
	);
}
