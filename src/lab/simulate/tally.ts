/** What is counted of requests. Octets are those of the answers that were asked for, RTTs those of an upstream. */
export class Tally {
	requests = 0;
	bytes = 0;
	rttUs = 0;
	positiveHits = 0;
	negativeHits = 0;
	hitBytes = 0;
	hitRttUs = 0;
	staleHits = 0;
	misses = { first: 0, expired: 0, capacity: 0, capacityThenExpired: 0, uncacheable: 0 };
	missBytes = 0;
	refreshes = 0;
	prefetches = 0;
	peakHeld = 0;
	peakEntries = 0;
}

/** Sums over the looks at memory: each stands for the time since the one before. */
export class MemoryTally {
	looks = 0;
	peakBytes = 0;
	/** Without weights, for traces without times. */
	readonly plain = { weight: 0, bytes: 0, expiredBytes: 0, onceBytes: 0 };
	readonly overTime = { weight: 0, bytes: 0, expiredBytes: 0, onceBytes: 0 };
}
