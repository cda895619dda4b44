/** From the flags of `petrel policies` to a generator. */
import { type AnswerModel, usualAnswers } from '../../lab/generate/answer-model.ts';
import type { DnsStream } from '../../lab/generate/dns-stream.ts';
import { floodStream } from '../../lab/generate/flood.ts';
import { oneTimeStream } from '../../lab/generate/one-time.ts';
import { popularityStream } from '../../lab/generate/popularity.ts';
import { searchStream } from '../../lab/generate/search.ts';
import { GeneratedSource } from '../../lab/study/generated-source.ts';
import { PetrelError } from '../../util/errors.ts';
import { kubernetesSearchList } from '../../workload/search-list.ts';
import type { PoliciesOptions } from './command-options.ts';

/** Which flags ask for something to be made up. */
export function generatorFlags(options: PoliciesOptions): string[] {
	const { requests, names, zipf, denied } = options;
	const plain = { '--requests': requests, '--names': names, '--zipf': zipf, '--denied': denied };
	return [...given(plain), ...kindsOf(options).flat()];
}

/** Flags of each generator that has its own. */
function kindsOf({ searchList, flood, onceShare, scan, dailyShift }: PoliciesOptions): string[][] {
	return [
		given({ '--search-list': searchList }),
		given({ '--flood': flood }),
		given({ '--once-share': onceShare, '--scan': scan }),
		given({ '--daily-shift': dailyShift }),
	].filter((flags) => flags.length > 0);
}

function given(flags: Readonly<Record<string, unknown>>): string[] {
	return Object.entries(flags).flatMap(([flag, value]) => (value === undefined ? [] : [flag]));
}

const defaults = { requests: 1_000_000, rateQps: 1000, names: 100_000, searchNames: 10_000, hotNames: 1000 };

/** @throws PETREL_CONFIG for two generators at once */
export function generatedSource(options: PoliciesOptions): GeneratedSource {
	const kinds = kindsOf(options);
	if (kinds.length > 1) {
		throw new PetrelError(
			'PETREL_CONFIG',
			`${kinds.map(([flag]) => flag).join(' and ')} are different traces: study one of them`,
		);
	}
	const { name, stream } = streamOf(options);
	return new GeneratedSource(name, stream, [
		'Requests are made up: they tell how policies differ, not what your clients ask.',
	]);
}

interface Named {
	readonly name: string;
	readonly stream: DnsStream;
}

function streamOf(options: PoliciesOptions): Named {
	if (options.searchList !== undefined) return search(options);
	if (options.flood !== undefined) return flood(options, options.flood);
	return options.onceShare !== undefined || options.scan !== undefined
		? oneTime(options)
		: popularity(options);
}

function commonOf(options: PoliciesOptions, usualNames: number) {
	const { requests = defaults.requests, names = usualNames, zipf: exponent = 1, seed, rate } = options;
	const ratePerSec = rate?.value ?? defaults.rateQps;
	const text = `zipf ${exponent}, ${names.toLocaleString('en')} names, ${ratePerSec.toLocaleString('en')}/s, seed ${seed}`;
	return { requests, names, exponent, seed, ratePerSec, text };
}

function answersOf(options: PoliciesOptions, usual: AnswerModel = usualAnswers): AnswerModel {
	const { ttl, negativeTtl, denied, rtt } = options;
	return {
		ttlSec: ttl?.value ?? usual.ttlSec,
		negativeTtlSec: negativeTtl?.value ?? usual.negativeTtlSec,
		deniedShare: denied ?? usual.deniedShare,
		rttUs: rtt === undefined ? usual.rttUs : Math.round(rtt.value * 1000),
	};
}

function popularity(options: PoliciesOptions): Named {
	const { text, ...common } = commonOf(options, defaults.names);
	const { dailyShift, day } = options;
	const shift = dailyShift === undefined ? {} : { shift: { dayMs: day, newPerDay: dailyShift } };
	const shiftText = dailyShift === undefined ? '' : `, daily shift ${dailyShift * 100}%`;
	return {
		name: text + shiftText,
		stream: popularityStream({ ...common, ...shift, answers: answersOf(options) }),
	};
}

function search(options: PoliciesOptions): Named {
	const { text, ratePerSec, ...common } = commonOf(options, defaults.searchNames);
	const { searchList, ndots } = options;
	const domains =
		typeof searchList === 'string'
			? searchList.split(/[\s,]+/).filter(Boolean)
			: kubernetesSearchList().domains;
	const answers = answersOf(options, { ...usualAnswers, deniedShare: 0 });
	return {
		name: `search list ${domains.join(' ')}, ndots ${ndots}, ${text}`,
		stream: searchStream({ ...common, lookupsPerSec: ratePerSec, searchList: { domains, ndots }, answers }),
	};
}

function flood(options: PoliciesOptions, floodNames: number): Named {
	const { names: hotNames, ratePerSec, seed } = commonOf(options, defaults.hotNames);
	const { floodPerHot, requests, zipf } = options;
	if (requests !== undefined || zipf !== undefined) {
		throw new PetrelError(
			'PETREL_CONFIG',
			`${given({ '--requests': requests, '--zipf': zipf }).join(' and ')} mean nothing to --flood, which has as many requests as it needs`,
		);
	}
	const answers = answersOf(options, { ...usualAnswers, ttlSec: 3600, deniedShare: 0, negativeTtlSec: 3600 });
	return {
		name: `flood of ${floodNames.toLocaleString('en')} names over ${hotNames.toLocaleString('en')}, ${ratePerSec.toLocaleString('en')}/s, seed ${seed}`,
		stream: floodStream({ hotNames, floodNames, floodPerHot, ratePerSec, seed, answers }),
	};
}

function oneTime(options: PoliciesOptions): Named {
	const { text, ...common } = commonOf(options, defaults.names);
	const { onceShare = 0, scan: scanNames, scanEvery } = options;
	if (scanNames !== undefined && scanNames > scanEvery) {
		throw new PetrelError(
			'PETREL_CONFIG',
			`--scan ${scanNames} is more than --scan-every ${scanEvery}: a scan ends before the next begins`,
		);
	}
	const scan = scanNames === undefined ? {} : { scan: { names: scanNames, everyRequests: scanEvery } };
	const scanText = scanNames === undefined ? '' : `, scans of ${scanNames.toLocaleString('en')}`;
	return {
		name: `${text}, ${onceShare * 100}% once${scanText}`,
		stream: oneTimeStream({ ...common, onceShare, ...scan, answers: answersOf(options) }),
	};
}
