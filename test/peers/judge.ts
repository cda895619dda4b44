/** Whether every difference is explained, and every explanation needed. */
import { type Difference, rowText } from './compare.ts';
import { type DifferenceKind, differenceKinds } from './differences.ts';
import type { CaseResult } from './houses.ts';

function explains(kind: DifferenceKind, row: Difference): boolean {
	return (
		(kind.tests === 'any' || kind.tests.includes(row.test)) &&
		kind.field.test(row.field) &&
		(kind.coredns?.test(row.coredns) ?? true) &&
		(kind.petrel?.test(row.petrel) ?? true)
	);
}

export interface Verdict {
	readonly failed: boolean;
	readonly summary: readonly string[];
	/** The kind of a difference; undefined when none explains it. */
	idOf(row: Difference): string | undefined;
}

/** What a kind promises and the run did not show: all of it, or one of its inputs. */
function vanished(
	kind: DifferenceKind,
	results: readonly CaseResult[],
	rows: readonly Difference[],
	complete: boolean,
): string[] {
	if (kind.tests === 'any') return complete && rows.length === 0 ? [`${kind.id}: no longer occurs`] : [];
	const ran = results.filter(({ skipped, failure }) => skipped === undefined && failure === undefined);
	const ids = new Set(ran.map(({ peerCase }) => peerCase.id));
	const seen = new Set(rows.map(({ test }) => test));
	return kind.tests
		.filter((test) => ids.has(test) && !seen.has(test))
		.map((test) => `${kind.id}: ${test} no longer shows it in ${kind.field.source}`);
}

function listed(title: string, lines: readonly string[]): string[] {
	return lines.length > 0 ? [`\n${title}:`, ...lines.map((line) => `  ${line}`)] : [];
}

function countText(rowsOfKind: ReadonlyMap<DifferenceKind, readonly Difference[]>): string[] {
	const counts = new Map<string, number>();
	for (const [{ id }, rows] of rowsOfKind) counts.set(id, (counts.get(id) ?? 0) + rows.length);
	return [...counts].sort().map(([id, count]) => `${String(count).padStart(3)}  ${id}`);
}

/** @param complete whether all inputs were run: only then has everything to be seen */
export function judge(
	results: readonly CaseResult[],
	complete: boolean,
	kinds: readonly DifferenceKind[] = differenceKinds,
): Verdict {
	// The kinds of single inputs stand before those of any: the first that fits explains a row.
	const kindOf = (row: Difference): DifferenceKind | undefined => kinds.find((kind) => explains(kind, row));
	const rows = results.flatMap(({ differences }) => differences);
	const rowsOfKind = new Map<DifferenceKind, Difference[]>();
	for (const row of rows) {
		const kind = kindOf(row);
		if (kind) rowsOfKind.set(kind, [...(rowsOfKind.get(kind) ?? []), row]);
	}
	const unexplained = rows.filter((row) => kindOf(row) === undefined).map(rowText);
	const gone = kinds.flatMap((kind) => vanished(kind, results, rowsOfKind.get(kind) ?? [], complete));
	const failures = results
		.filter(({ failure }) => failure !== undefined)
		.map(({ peerCase, failure }) => `${peerCase.id}: ${failure}`);
	const skipped = results.filter((result) => result.skipped !== undefined).length;
	const ids = new Set([...rowsOfKind.keys()].map(({ id }) => id)).size;
	return {
		failed: unexplained.length > 0 || gone.length > 0 || failures.length > 0,
		idOf: (row) => kindOf(row)?.id,
		summary: [
			...listed(
				'Rows of each kind (docs/compatibility.md names them `peers/…` and says why)',
				countText(rowsOfKind),
			),
			...listed('Could not be compared', failures),
			...listed('Not explained', unexplained),
			...listed('Explained, but no longer seen', gone),
			`\n${results.length - skipped - failures.length} compared, ${skipped} skipped, ${failures.length} failed; ` +
				`${rows.length} differences of ${ids} kinds, ${unexplained.length} not explained, ${gone.length} no longer seen`,
		],
	};
}
