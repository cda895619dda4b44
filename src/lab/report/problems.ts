import type { StudyReport } from '../study/report.ts';

/** Each reason once, with the policies and sizes that it is for. */
export function problemLines({ policies, runs, sizes }: StudyReport): string[] {
	const problems = new Set(runs.flatMap(({ problem }) => problem ?? []));
	return [...problems].flatMap((problem) => {
		const policiesAt = new Map<string, string[]>();
		for (const { name } of policies) {
			const where = runs.filter((run) => run.policy === name && run.problem === problem);
			if (where.length === 0) continue;
			const isAll = where.length === sizes.length;
			const text = isAll ? '' : ` at ${where.map(({ size }) => sizes[size].written).join(', ')}`;
			policiesAt.set(text, [...(policiesAt.get(text) ?? []), name]);
		}
		return [...policiesAt].map(
			([where, names]) =>
				`${names.length > 1 && names.length === policies.length ? 'all' : names.join(', ')}${where}: ${problem}`,
		);
	});
}
