import type { ShardRow } from '../../metrics/registry/source.ts';
import type { Steering } from '../../net/transport.ts';
import { type Clock, timeText, wallClockMs } from '../../util/clock.ts';
import type { Configurations } from '../configurations.ts';
import type { Reloader } from '../reloader.ts';
import type { Endpoint, ShardCommand } from '../shard-messages.ts';
import type { LoadedConfig, ReloadStatus } from './control-target.ts';
import { shownReload } from './reload-view.ts';
import type { ServerView } from './server-view.ts';

export interface ControlViewParts {
	readonly version: string;
	readonly steering: Steering;
	readonly transport: ServerView['transport'];
	readonly clock: Clock;
	readonly configurations: Configurations;
	endpoints(): readonly Endpoint[];
	shards(): readonly ShardRow[];
	send(command: ShardCommand): readonly number[];
	readonly reloads: Pick<Reloader, 'status'> | undefined;
}

/** A running server as its control socket sees it, by the configuration that is in use at the moment. */
export class ControlView implements ServerView {
	readonly #parts: ControlViewParts;
	readonly #startedAt = timeText(wallClockMs());

	constructor(parts: ControlViewParts) {
		this.#parts = parts;
	}

	get version(): string {
		return this.#parts.version;
	}

	get steering(): Steering {
		return this.#parts.steering;
	}

	get transport(): ServerView['transport'] {
		return this.#parts.transport;
	}

	get shared(): ServerView['shared'] {
		return this.#parts.configurations.current.shared;
	}

	get model(): ServerView['model'] {
		return this.#parts.configurations.current.model;
	}

	get cacheIds(): readonly number[] {
		return this.#parts.configurations.current.cacheIds;
	}

	get series(): ServerView['series'] {
		return this.#parts.configurations.series;
	}

	get upstreams(): ServerView['upstreams'] {
		return this.#parts.configurations.current.upstreams.current;
	}

	get shards(): readonly ShardRow[] {
		return this.#parts.shards();
	}

	get endpoints(): readonly Endpoint[] {
		return this.#parts.endpoints();
	}

	get config(): LoadedConfig {
		return this.#parts.reloads?.status.config ?? { files: [], loaded_at: this.#startedAt };
	}

	get reload(): ReloadStatus {
		const status = this.#parts.reloads?.status;
		return status ? shownReload(status) : { result: 'none' };
	}

	nowMs(): number {
		return this.#parts.clock.nowMs();
	}

	send(command: ShardCommand): readonly number[] {
		return this.#parts.send(command);
	}
}
