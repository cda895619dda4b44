import type { Model } from '../../config/model.ts';
import type { SharedState } from '../../engine/shared-state.ts';
import type { ShardRow } from '../../metrics/registry/source.ts';
import type { Steering } from '../../net/transport.ts';
import type { SeriesBook } from '../series-book.ts';
import type { Endpoint, ForwardUpstreams, ShardCommand } from '../shard-messages.ts';
import type { LoadedConfig, ReloadStatus } from './control-target.ts';

/** What the control socket sees of the server. What can change is a function, or a getter. */
export interface ServerView {
	readonly version: string;
	readonly transport: { readonly name: string; readonly reason: string | undefined };
	readonly steering: Steering;
	/** Of the configuration in use. */
	readonly shared: SharedState;
	nowMs(): number;
	readonly model: Model;
	/** By block of the model: see `EngineSetup.cacheIds`. */
	readonly cacheIds: readonly number[];
	/** What the rows of the series stand for. */
	readonly series: Pick<SeriesBook, 'queryRows' | 'upstreams'>;
	readonly shards: readonly ShardRow[];
	readonly config: LoadedConfig;
	readonly reload: ReloadStatus;
	readonly endpoints: readonly Endpoint[];
	readonly upstreams: readonly ForwardUpstreams[];
	/** Sends a command to every shard that runs, and says which those are. */
	send(command: ShardCommand): readonly number[];
}
