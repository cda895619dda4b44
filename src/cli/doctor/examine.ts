import type { LoadResult } from '../../config/load.ts';
import { bindKeepingWildcards, expandBind } from '../../net/addresses.ts';
import { planListeners } from '../../server/listen-plan.ts';
import { examineCorefile, examineResolvConf } from './configuration.ts';
import type { Check, Examine, Patient } from './finding.ts';
import { examineConntrack, examineOpenFiles, examineSocketBuffers } from './kernel.ts';
import { examineAddresses, examineDnsPorts, examineHttpPorts } from './ports.ts';
import { examinePrivileges } from './privileges.ts';
import type { MachineReader } from './reader.ts';
import { examineResources } from './resources.ts';
import { examineContainer, examineNode, examineReusePort, examineTransport } from './runtime.ts';

const examinations: readonly Examine[] = [
	examineNode,
	examineTransport,
	examineReusePort,
	examineContainer,
	examineResources,
	examineSocketBuffers,
	examineOpenFiles,
	examineConntrack,
	examineCorefile,
	examineResolvConf,
	examinePrivileges,
	examineAddresses,
	examineDnsPorts,
	examineHttpPorts,
];

export interface ExamineOptions {
	readonly cacheBytes: number;
	readonly workers: number | undefined;
	readonly loaded: LoadResult | undefined;
}

/** All that can be said of a machine, in a fixed order. */
export function examine(reader: MachineReader, { cacheBytes, workers, loaded }: ExamineOptions): Check[] {
	const model = loaded?.model;
	const expand = reader.addonFault === undefined ? bindKeepingWildcards : expandBind;
	const { endpoints, unknown } = model
		? planListeners(model, [], (bind, except) => expand(bind, except, reader.interfaces))
		: { endpoints: [], unknown: [] };
	const patient: Patient = { reader, cacheBytes, workers, loaded, model, endpoints, unknown };
	return examinations.flatMap((each) => each(patient));
}
