import { formatSize } from '../../server/ready-text.ts';
import { chooseWorkerCount } from '../../server/worker-count.ts';
import { type Check, type Examine, note, ok, problem } from './finding.ts';
import type { MachineReader } from './reader.ts';

export const examineResources: Examine = ({ reader, cacheBytes, workers }) => {
	const chosen = chooseWorkerCount(reader.resources, cacheBytes, workers);
	const { cpus, memoryLimitBytes } = reader.resources;
	const count = `${chosen.count} ${chosen.count === 1 ? 'worker' : 'workers'}`;
	return [
		cpuCheck(reader, cpus, chosen.count),
		ok('workers', `${count} would run (${chosen.reason})`),
		memoryCheck(memoryLimitBytes, cacheBytes, chosen.warning),
	];
};

function cpuCheck(reader: MachineReader, cpus: number, workers: number): Check {
	const quota = cpuQuota(reader);
	const text = `${cpus} ${cpus === 1 ? 'CPU' : 'CPUs'}`;
	if (quota === undefined) return ok('cpu', `${text}, no quota`);
	const limited = `${text}, the cgroup grants the time of ${Number(quota.toFixed(2))}`;
	if (quota >= workers) return ok('cpu', limited);
	return note(
		'cpu',
		`${limited}: ${workers} busy workers are stopped in turns`,
		`--workers ${Math.max(1, Math.floor(quota))}, or no CPU limit`,
	);
}

/** How many CPUs' time the cgroup grants: cgroup v2's cpu.max, or v1's quota and period. */
function cpuQuota(reader: MachineReader): number | undefined {
	const v2 = /^(\d+) (\d+)/.exec(reader.readText('/sys/fs/cgroup/cpu.max') ?? '');
	if (v2) return Number(v2[1]) / Number(v2[2]);
	const quotaUs = Number(reader.readText('/sys/fs/cgroup/cpu/cpu.cfs_quota_us') ?? -1);
	const periodUs = Number(reader.readText('/sys/fs/cgroup/cpu/cpu.cfs_period_us') ?? 0);
	return quotaUs > 0 && periodUs > 0 ? quotaUs / periodUs : undefined;
}

function memoryCheck(limitBytes: number, cacheBytes: number, warning: string | undefined): Check {
	const cache = `cache ${formatSize(cacheBytes)}`;
	const limit = limitBytes === Number.POSITIVE_INFINITY ? 'no limit' : `limit ${formatSize(limitBytes)}`;
	if (warning === undefined) return ok('memory', `${limit}, ${cache}`);
	return problem(
		'memory',
		`${limit}, ${cache}: ${warning.replace(/: [^:]*$/, '')}`,
		'lower --cache-size or raise the limit',
	);
}
