/** What makes the figures say less than they seem to, as far as a run can tell by itself. */
import type { LoadResult } from '../result.ts';
import type { LatencyFigures } from './latency.ts';
import { countedText, countText, durationText, rateText, wholePercentText } from './quantity-text.ts';
import type { Summary } from './summary.ts';
import { sumFaults } from './sums.ts';

/** Above it the generator's own lag is named. */
const lagShareMax = 0.25;
/** Above it the generator may be what is slow. */
const cpuShareMax = 0.9;
/** A percentile with fewer values beyond it is little more than chance. */
const valuesBeyondMin = 10;
/** Below this part of what was asked for, the rate was another one. */
const rateShareMin = 0.99;

/** One sentence each, the gravest first. */
export function caveatsOf(result: LoadResult, summaries: readonly Summary[]): string[] {
	const named = summaries.length > 1;
	return [
		...(result.interrupted ? ['It was interrupted: this is what there was until then.'] : []),
		...summaries.flatMap((summary) => {
			const prefix = named ? `${summary.target}: ` : '';
			return [
				...voidCaveats(summary),
				...sumCaveats(summary),
				...generatorCaveats(summary),
				...sampleCaveats(summary),
				...errorCaveats(summary),
			].map((text) => `${prefix}${text}`);
		}),
		...settingCaveats(result, summaries),
	];
}

function voidCaveats({ rounds, void: allVoid }: Summary): string[] {
	const left = allVoid ? 'nothing better is there' : 'it is not in these figures';
	return rounds
		.filter((round) => round.void.length > 0)
		.map((round) => `round ${round.number} is void, ${left}: ${round.void.join('; ')}.`);
}

function sumCaveats({ measured }: Summary): string[] {
	return sumFaults(measured).map(
		(fault) => `the counts do not add up, which is a fault in petrel: ${fault}.`,
	);
}

function generatorCaveats(summary: Summary): string[] {
	const { latency, lag, ownDrops, cpuShare, offeredPerSec, sentPerSec, rounds } = summary;
	const caveats = latency && lag ? lagCaveats(latency, lag) : [];
	if (ownDrops > 0) {
		caveats.push(
			`the kernel dropped ${countedText(ownDrops, 'reply', 'replies')} at this process's own sockets.`,
		);
	}
	if (cpuShare !== undefined && cpuShare > cpuShareMax) {
		caveats.push(
			`the generator used ${wholePercentText(cpuShare, 1)} of a core: latency and rate may be its own.`,
		);
	}
	const slow =
		offeredPerSec !== undefined && sentPerSec !== undefined && sentPerSec < offeredPerSec * rateShareMin;
	if (slow && rounds.every(({ interrupted }) => !interrupted)) {
		caveats.push(`${rateText(sentPerSec)} were sent of the ${rateText(offeredPerSec)} that were asked for.`);
	}
	return caveats;
}

function lagCaveats(latency: LatencyFigures, lag: LatencyFigures): string[] {
	for (const name of ['p50', 'p99'] as const) {
		const own = lag[name].us;
		const whole = latency[name].us;
		if (latency[name].atLeast || own <= whole * lagShareMax) continue;
		const part = wholePercentText(Math.min(own, whole), whole);
		return [
			`${part} of the ${name} is the generator's own lag (${durationText(own)} of ${durationText(whole)}): ` +
				'see the latency from when queries were sent.',
		];
	}
	return [];
}

function sampleCaveats({ latency }: Summary): string[] {
	if (latency === undefined) return ['nothing was answered or lost, so there is no latency.'];
	const needed = valuesBeyondMin / 0.001;
	if (latency.count >= needed) return [];
	const beyond = Math.floor(latency.count * 0.001 + 1e-9);
	return [
		`${beyond === 0 ? 'no query is' : countedText(beyond, 'query is', 'queries are')} beyond p99.9: ` +
			`it takes ${countText(needed)} queries for a p99.9 to say something.`,
	];
}

function errorCaveats({ measured, errorCodes }: Summary): string[] {
	const { slots, datagrams } = measured;
	const caveats: string[] = [];
	if (slots.sendErrors > 0) {
		const codes = [...errorCodes].map(([code, count]) => `${code} ${countText(count)}`).join(', ');
		caveats.push(
			`${countedText(slots.sendErrors, 'query', 'queries')} could not be sent: ${codes || 'no code'}.`,
		);
	}
	const strays = datagrams.mismatched + datagrams.unknown;
	if (strays > 0) {
		caveats.push(
			`${countedText(strays, 'datagram was', 'datagrams were')} no answer to any query under way.`,
		);
	}
	return caveats;
}

function settingCaveats({ setting, searches }: LoadResult, summaries: readonly Summary[]): string[] {
	const caveats: string[] = [];
	if (setting.mode === 'concurrency') {
		caveats.push(
			'Closed loop: a server that stalls is asked less meanwhile, so percentiles look better than with --rate.',
		);
	}
	if (setting.transportText.startsWith('dgram')) {
		caveats.push(
			`Sockets are ${setting.transportText}: the generator needs several times the CPU, and lags more.`,
		);
	}
	if (searches.some(({ generatorWasLimit }) => generatorWasLimit)) {
		caveats.push('The generator was the limit of the search: the server may be able to do more.');
	}
	if (summaries.length > 1 && summaries.every(({ counted }) => counted.length < 2)) {
		caveats.push('One round each: nothing shows how far rounds differ by chance.');
	}
	return caveats;
}
