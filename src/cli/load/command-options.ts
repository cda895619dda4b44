import type { OutputOptions } from './output-options.ts';
import type { PaceOptions } from './pace-options.ts';
import type { WorkloadOptions } from './workload-options.ts';

/** All flags of `petrel load`. */
export interface LoadCommandOptions extends PaceOptions, WorkloadOptions, OutputOptions {
	readonly iOwnThisTarget: boolean;
}
