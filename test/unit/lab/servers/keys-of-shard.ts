import { shardOf } from '../../../../src/lab/shards.ts';

/** The first keys that belong to one shard of so many. */
export function keysOfShard(shard: number, shards: number, count: number): number[] {
	const keys: number[] = [];
	for (let key = 0; keys.length < count; key++) if (shardOf(key, shards) === shard) keys.push(key);
	return keys;
}
