/** One message on its way, or whatever else is sent in its place. */
export interface Delivery {
	/** After the query came in. */
	readonly afterMs: number;
	/** The receiver's own: nothing else changes them. */
	readonly octets: Uint8Array;
}

/** What a query gets. */
export interface Answer {
	/** By rising `afterMs`. None: silence. Several: duplicates, or something wrong before the right one. */
	readonly deliveries: readonly Delivery[];
	/** Over TCP: the connection is closed when the last delivery has been sent. */
	readonly closeAfter?: boolean;
}

export const silence: Answer = Object.freeze({ deliveries: Object.freeze([]) });
