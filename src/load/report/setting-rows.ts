import type { LoadSetting } from '../result.ts';
import { countedText, percentText, plainText } from './quantity-text.ts';

/** Where and how it ran, as labels and texts. */
export function settingRows(setting: LoadSetting): (readonly [label: string, text: string])[] {
	const { durationSec, warmupSec, timeoutSec, workers, sockets, predictedHitRatio } = setting;
	const rows: (readonly [string, string])[] = [
		['load', `${setting.rateText}, ${setting.workloadText}, seed ${setting.seed}`],
		['time', `${durationSec} s a round after ${warmupSec} s of warm-up, timeout ${timeoutSec} s`],
		[
			'generator',
			`${countedText(workers, 'worker')}, ${countedText(sockets, 'socket')}, ${setting.transportText}`,
		],
		[
			'machine',
			`${setting.cpuText}, ${setting.platformText}, Node.js ${setting.nodeVersion}, petrel ${setting.petrelVersion}`,
		],
	];
	if (predictedHitRatio !== undefined) {
		rows.push([
			'hit ratio',
			`${percentText(predictedHitRatio, 1)} is to be expected of a cache that forgets nothing within the TTL`,
		]);
	}
	rows.push(['command', commandText(setting.arguments)]);
	return rows.map(([label, text]) => [label, plainText(text)] as const);
}

/** As a POSIX shell would take it. */
function commandText(words: readonly string[]): string {
	return (words[0] === 'petrel' ? words : ['petrel', ...words])
		.map((word) => (/^[\w@%+=:,./-]+$/.test(word) ? word : `'${word.replaceAll("'", `'\\''`)}'`))
		.join(' ');
}
