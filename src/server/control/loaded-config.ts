import { createHash } from 'node:crypto';
import { timeText, wallClockMs } from '../../util/clock.ts';
import type { LoadedConfig } from './control-target.ts';

/** The identity of a configuration that is read now. @param sources the text of each file, by its path */
export function loadedConfig(sources: ReadonlyMap<string, string>): LoadedConfig {
	const files = [...sources].map(([path, text]) => ({
		path,
		sha256: createHash('sha256').update(text).digest('hex'),
	}));
	return { files, loaded_at: timeText(wallClockMs()) };
}
