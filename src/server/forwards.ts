import type { ForwardOptions, Model } from '../config/model.ts';

/** All forwards of a configuration in file order: a forward's place here is its number everywhere. */
export function forwardsOf(model: Model): readonly ForwardOptions[] {
	return model.blocks.flatMap((block) => block.forwards);
}
