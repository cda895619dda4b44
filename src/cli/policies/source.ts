/** From the flags of `petrel policies` to where its requests come from. */
import type { StudySource } from '../../lab/study/source.ts';
import { TraceSource } from '../../lab/study/trace-source.ts';
import { PetrelError } from '../../util/errors.ts';
import type { PoliciesOptions } from './command-options.ts';
import { generatedSource, generatorFlags } from './generated.ts';

/** @throws PETREL_CONFIG for flags that do not go together */
export function sourceOf(
	traces: readonly string[],
	options: PoliciesOptions,
	onBad: (message: string) => void,
): StudySource {
	const flags = generatorFlags(options);
	if (traces.length === 0) {
		if (flags.length > 0) return generatedSource(options);
		throw new PetrelError(
			'PETREL_CONFIG',
			'there is nothing to study: name a trace, - for standard input, or make requests up with --zipf 1',
		);
	}
	if (flags.length > 0) {
		throw new PetrelError(
			'PETREL_CONFIG',
			`${flags.join(' and ')} make requests up, and ${traces[0]} has some: leave one of them out`,
		);
	}
	if (traces.filter((path) => path === '-').length > 1) {
		throw new PetrelError('PETREL_CONFIG', 'standard input, -, is named twice, and can be read once');
	}
	return new TraceSource(traces, { ...traceOptionsOf(options), onBad });
}

function traceOptionsOf(options: PoliciesOptions) {
	const { traceFormat, tracePort, pairReplies, keepIncomplete, ttl, timeUnit, columns, delimiter } = options;
	return {
		format: traceFormat === 'auto' ? undefined : traceFormat,
		port: tracePort,
		pairReplies,
		duplicatesWithinMs: options.duplicatesWithin?.value,
		keepIncomplete,
		answers: {
			ttlSec: ttl?.value,
			negativeTtlSec: options.negativeTtl?.value,
			rttUs: options.rtt && options.rtt.value * 1000,
			untimedRatePerSec: options.rate?.value,
		},
		objectTtlSec: ttl?.value,
		csv: { columns, delimiter, timeUnitSec: timeUnit && timeUnit / 1000 },
	};
}
