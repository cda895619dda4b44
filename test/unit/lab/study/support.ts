/** Sources of requests for studies, and a study with what most tests do not care about. */
import { popularityStream } from '../../../../src/lab/generate/popularity.ts';
import { GeneratedSource } from '../../../../src/lab/study/generated-source.ts';
import type { StudyReport, StudyRun } from '../../../../src/lab/study/report.ts';
import type { StudySetup } from '../../../../src/lab/study/setup.ts';
import type { SizeWish } from '../../../../src/lab/study/sizes.ts';
import { runStudy } from '../../../../src/lab/study/study.ts';
import { VirtualClock } from '../../../../src/util/clock.ts';

/** Names by Zipf's law with TTLs that end within the trace. */
export function zipfSource(requests: number, names = 2000): GeneratedSource {
	const stream = popularityStream({ requests, ratePerSec: 20, names, exponent: 1, seed: 7 });
	return new GeneratedSource('zipf', stream);
}

export function entries(amount: number): SizeWish {
	return { written: String(amount), unit: 'entries', amount };
}

export function octets(amount: number): SizeWish {
	return { written: `${amount}b`, unit: 'bytes', amount };
}

export function share(percent: number): SizeWish {
	return { written: `${percent}%`, unit: 'share', amount: percent / 100 };
}

export function study(setup: Pick<StudySetup, 'source'> & Partial<StudySetup>): Promise<StudyReport> {
	return runStudy({
		policies: ['lru'],
		sizes: [entries(100)],
		seed: 1,
		threads: 2,
		memoryBytes: 1e9,
		clock: new VirtualClock(),
		...setup,
	});
}

/** What of a run depends on policy, size and requests alone. */
export function outcomeOf({ policy, size, result, problem }: StudyRun) {
	return { policy, size, result, problem };
}
