import type { Random } from '../../util/random.ts';
import type { Behaviour } from './behaviour.ts';
import type { Quotas } from './quotas.ts';
import type { UpstreamReport } from './report.ts';
import type { RuleTable } from './rule-table.ts';
import type { Schedule } from './schedule.ts';

/** What a script consists of: its long way and its quick way to an answer share it. */
export interface ScriptParts {
	/** What holds for every query. */
	readonly base: Readonly<Behaviour>;
	/** In lower case; undefined: every name is answered. */
	readonly zones: readonly Uint8Array[] | undefined;
	readonly rules: RuleTable;
	readonly random: Random;
	readonly quotas: Quotas;
	readonly report: UpstreamReport;
	/** undefined: always up. */
	schedule: Schedule | undefined;
}
