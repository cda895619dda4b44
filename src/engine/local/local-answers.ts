import type { ServerBlock } from '../../config/model.ts';
import { counter } from '../../metrics/hot/counters.ts';
import { plugin } from '../../metrics/hot/series-layout.ts';
import type { Block } from '../compile.ts';
import type { QuerySource } from '../io.ts';
import type { QueryInHand } from '../query-in-hand.ts';
import { Acl } from './acl.ts';
import { AnyAnswer } from './any.ts';
import { Hosts } from './hosts.ts';
import { Localhost } from './localhost.ts';
import { RecordList } from './record-list.ts';
import { outcome, type Step, type StepParts } from './step.ts';
import { Templates } from './templates.ts';

/**
 * The directives of a server block that answer by themselves, in the order in which CoreDNS asks them, whatever their
 * order in the file. All of them come before the cache: what they say is as old as their own data.
 */
export class LocalAnswers {
	/** Gets the files that are read for it. */
	readonly hosts: Hosts | undefined;
	readonly #steps: readonly Step[];

	constructor(steps: readonly Step[], hosts: Hosts | undefined) {
		this.#steps = steps;
		this.hosts = hosts;
	}

	/** The length of the reply; 0: there is none and never will be; -1: the query is for whoever comes next. */
	answer(hand: QueryInHand, block: Block, source: QuerySource, parts: StepParts): number {
		const steps = this.#steps;
		for (let i = 0; i < steps.length; i++) {
			const step = steps[i];
			const result = step.look(hand, source, parts);
			if (result === outcome.passed) continue;
			if (result === outcome.dropped) return 0;
			hand.by = step.by;
			if (step.by !== plugin.acl) parts.counters.add(counter.local_answers);
			return hand.compose(block);
		}
		return -1;
	}
}

/** Undefined for a block without any of them. */
export function compileLocalAnswers(block: ServerBlock): LocalAnswers | undefined {
	const { local, any, acl, templates } = block;
	if (!(local || any || block.hosts || acl.length > 0 || templates.length > 0)) return undefined;
	const records = new RecordList();
	const hosts = block.hosts && new Hosts(block.hosts, records);
	const steps: Step[] = [];
	if (local) steps.push(new Localhost(local, records));
	if (any) steps.push(new AnyAnswer(records));
	if (acl.length > 0) steps.push(new Acl(acl, records));
	if (templates.length > 0) steps.push(new Templates(templates, records));
	if (hosts) steps.push(hosts);
	return new LocalAnswers(steps, hosts);
}
