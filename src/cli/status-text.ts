import { hostPort } from '../net/bind-error.ts';
import type { ReloadStatus, ServerStatus } from '../server/control/control-target.ts';
import { formatSize } from '../server/ready-text.ts';
import { ageText, barText, countText, durationText, percentText } from './quantity-text.ts';
import { type Column, cutText, tableLines } from './table-text.ts';

const labelColumns = 11;
const barColumns = 16;
const hashColumns = 12;

/** `petrel status` as text, at most `columns` wide where what it shows can be cut. */
export function statusText(status: ServerStatus, columns: number): string {
	const { version, pid, node, platform, uptime_s } = status;
	return [
		`petrel ${version}, process ${pid}, up ${ageText(uptime_s)}, Node.js ${node}, ${platform}`,
		...field('started', dayText(status.started_at)),
		...field('transport', transportText(status)),
		...configLines(status),
		...field('listening', ...endpointLines(status, columns - labelColumns)),
		...cacheLines(status),
		...queryLines(status),
		'',
		...workerLines(status, columns),
		'',
		...upstreamLines(status, columns),
		'',
	]
		.map((line) => cutText(line, Math.max(columns, labelColumns + 1)))
		.join('\n');
}

/** A label and what belongs to it, further lines below each other. */
function field(label: string, ...lines: readonly string[]): string[] {
	return lines.map((line, place) => (place === 0 ? label : '').padEnd(labelColumns) + line);
}

/** "2026-11-20 10:15:02 UTC" */
function dayText(iso: string): string {
	return iso.replace('T', ' ').replace(/\.\d+Z$/, ' UTC');
}

function transportText({ transport: { name, reason, steering } }: ServerStatus): string {
	if (name === 'native') return `native, steering ${steering}`;
	return reason === null ? `${name} (node:dgram), as asked` : `${name} (node:dgram): ${reason}`;
}

function configLines({ config, reload }: ServerStatus): string[] {
	const files = config.files.map(({ path, sha256 }) => `${path}  sha256 ${sha256.slice(0, hashColumns)}`);
	const loaded = `loaded ${dayText(config.loaded_at)}${reload.result === 'none' ? ', not reloaded since' : ''}`;
	return [
		...field('config', ...(files.length > 0 ? files : ['from flags, no file']), loaded),
		...field('', ...reloadLines(reload)),
	];
}

function reloadLines(reload: ReloadStatus): string[] {
	if (reload.result === 'none') return [];
	if (reload.result === 'ok') return [`last reload ok, ${dayText(reload.at)}`];
	const { place, message } = reload;
	const where = place === undefined ? '' : `${place.file}:${place.line}:${place.column}: `;
	return [`LAST RELOAD FAILED, ${dayText(reload.at)}; the one before goes on:`, `  ${where}${message}`];
}

/** As many addresses in a line as fit. */
function endpointLines({ endpoints }: ServerStatus, columns: number): string[] {
	const lines: string[] = [];
	for (const { address, port } of endpoints) {
		const text = hostPort(address, port);
		const last = lines.at(-1);
		if (last === undefined || last.length + 2 + text.length > columns) lines.push(text);
		else lines[lines.length - 1] = `${last}  ${text}`;
	}
	return lines.length > 0 ? lines : ['nowhere'];
}

function cacheLines({ cache }: ServerStatus): string[] {
	const { used_bytes, size_bytes, budget_bytes, exact } = cache;
	const share = used_bytes / size_bytes;
	const about = exact ? '' : 'about ';
	const entries = (['positive', 'negative', 'failure'] as const).map(
		(kind) => `${about}${countText(cache[`${kind}_count`])} ${kind}`,
	);
	return field(
		'cache',
		`${barText(share, barColumns)} ${percentText(used_bytes, size_bytes)}: ${formatSize(used_bytes)} of ${formatSize(size_bytes)} (budget ${formatSize(budget_bytes)})`,
		`entries: ${entries.join(', ')}`,
		`since the start: ${countText(cache.inserted_total)} stored, ${countText(cache.evicted_total)} evicted, ${countText(cache.flushed_total)} flushed`,
	);
}

function queryLines({ totals, cache }: ServerStatus): string[] {
	const { queries_total, hits_total, stale_total, misses_total, other_total } = totals;
	const ratio = cache.hit_ratio === null ? '-' : percentText(cache.hit_ratio, 1);
	return field(
		'queries',
		`${countText(queries_total)} since the start, hit ratio ${ratio}`,
		`${countText(hits_total)} hits, ${countText(stale_total)} stale, ${countText(misses_total)} misses, ${countText(other_total)} other`,
	);
}

const workerColumns: readonly Column[] = [
	{ head: 'WORKER', align: 'right' },
	{ head: 'STATE', align: 'left' },
	{ head: 'LAG', align: 'right' },
	{ head: 'REPLACED', align: 'right' },
];

function workerLines({ workers }: ServerStatus, columns: number): string[] {
	const rows = workers.map(({ shard, state, lag_ms, replaced_count }) => {
		const lag = lag_ms === null ? 'no answer' : durationText(lag_ms);
		return [String(shard), state, lag, replaced_count === 0 ? '-' : countText(replaced_count)];
	});
	return tableLines(workerColumns, rows, columns);
}

const upstreamColumns: readonly Column[] = [
	{ head: 'UPSTREAM', align: 'left', shrinkTo: 21 },
	{ head: 'ZONES', align: 'left', shrinkTo: 10 },
	{ head: 'STATE', align: 'left' },
	{ head: 'FAILURES', align: 'right' },
	{ head: 'QUERIES', align: 'right' },
	{ head: 'OPEN', align: 'right' },
	{ head: 'POLICY', align: 'left', shrinkTo: 6 },
];

/** `OPEN`: what a forward has under way. It stands with its first upstream: it is counted for all of them together. */
function upstreamLines({ forwards }: ServerStatus, columns: number): string[] {
	const rows = forwards.flatMap(({ zones, policy, in_flight_count, upstreams }) => {
		const from = zones.join(' ');
		if (upstreams.length === 0) return [['none', from, '-', '-', '-', countText(in_flight_count), policy]];
		return upstreams.map(({ address, port, state, failures_count, queries_total }, place) => [
			hostPort(address, port),
			place === 0 ? from : '',
			state,
			failures_count === 0 ? '-' : countText(failures_count),
			countText(queries_total),
			place === 0 ? countText(in_flight_count) : '',
			place === 0 ? policy : '',
		]);
	});
	return rows.length > 0 ? tableLines(upstreamColumns, rows, columns) : ['no forward, so no upstreams'];
}
