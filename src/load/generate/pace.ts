/** When queries are sent. */
export type Pace =
	/** Open loop: whatever the server does. */
	| { readonly kind: 'rate'; readonly qps: number; readonly arrivals: 'even' | 'poisson' }
	| { readonly kind: 'ramp'; readonly fromQps: number; readonly toQps: number }
	/** As the trace has it, so many times as fast. */
	| { readonly kind: 'timed'; readonly speed: number }
	/** So many are under way at any time: the next goes when one ends. */
	| { readonly kind: 'closed'; readonly window: number };

/** Of the lag after which a slot is not sent at all: above it at p99, a round's latencies are the generator's. */
export const voidLagShare = 0.1;
