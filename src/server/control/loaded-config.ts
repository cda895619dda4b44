import { timeText, wallClockMs } from '../../util/clock.ts';
import { digestOf } from '../../util/digest.ts';
import type { LoadedConfig } from './control-target.ts';

/** The identity of a configuration that is read now. @param sources the text of each file, by its path */
export function loadedConfig(sources: ReadonlyMap<string, string>): LoadedConfig {
	const loadedAt = timeText(wallClockMs());
	return {
		get files() {
			return [...sources].map(([path, text]) => ({ path, sha256: digestOf('sha256', [text]) }));
		},
		loaded_at: loadedAt,
	};
}
