import type { StudyReport, StudyRun } from '../study/report.ts';

export function hitRatioOf(run: StudyRun | undefined): number {
	return run?.result?.hitRatio.byRequests ?? Number.NaN;
}

/** The runs of a policy, a place for each size. */
export function runsOfPolicy({ runs }: StudyReport, policy: string): StudyRun[] {
	return runs.filter((run) => run.policy === policy);
}

/**
 * Of each size, the names of the policies with the highest hit ratio, of those that do not know the future. None where only
 * one could be run.
 */
export function bestOnline(report: StudyReport): ReadonlySet<string>[] {
	const online = new Set(report.policies.filter(({ needsFuture }) => !needsFuture).map(({ name }) => name));
	return report.sizes.map((_, size) => {
		const runs = report.runs.filter((run) => run.size === size && online.has(run.policy) && run.result);
		const highest = Math.max(...runs.map(hitRatioOf));
		const best = runs.filter((run) => hitRatioOf(run) === highest);
		return new Set(runs.length > 1 ? best.map(({ policy }) => policy) : []);
	});
}
