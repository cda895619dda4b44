import type { ReloadStatus } from '../reloader.ts';
import type { ReloadStatus as ShownReload } from './control-target.ts';

/** What the control socket shows of the last reload. */
export function shownReload({ failure, generation, config }: ReloadStatus): ShownReload {
	if (failure) {
		const { at, message, place } = failure;
		return { result: 'failed', at, message, ...(place && { place }) };
	}
	return generation > 1 ? { result: 'ok', at: config.loaded_at } : { result: 'none' };
}
