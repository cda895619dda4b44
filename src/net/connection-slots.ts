/** The bound on client connections, shared by all listeners of all shards. */
export interface ConnectionSlots {
	/** Takes a slot; false if there is none. */
	acquire(): boolean;
	/** Gives back what `acquire` took. */
	release(): void;
}

/** A bound for the listeners of one thread. */
export function localConnectionSlots(maxConnections: number): ConnectionSlots {
	let taken = 0;
	return {
		acquire() {
			if (taken >= maxConnections) return false;
			taken++;
			return true;
		},
		release() {
			taken--;
		},
	};
}
