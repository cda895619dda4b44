/**
 * What a load test measured, as the parts of this layer hand it on. Times are microseconds unless a name says otherwise.
 */
import type { Histogram } from 'hdr-histogram-js';

/** Every query that was due ends in exactly one of these. `due` is their sum. */
export interface SlotCounts {
	due: number;
	/** In time: within the timeout from when it was due. */
	answered: number;
	/** After the timeout, and before it was given up for good. */
	late: number;
	/** Sent, and no answer came. */
	lost: number;
	/** Not taken by the kernel, or refused by the other side's: ECONNREFUSED, a connection that cannot be made or broke. */
	sendErrors: number;
	/** Due, and the generator did not send it: it was too far behind, or had no ID free. */
	notOffered: number;
}

/** Every datagram (or message on a connection) that came ends in exactly one of these. `received` is their sum. */
export interface DatagramCounts {
	received: number;
	answers: number;
	late: number;
	/** Another reply to a query that has its answer. */
	duplicates: number;
	/** The ID of a query under way, and another question, or no response at all. */
	mismatched: number;
	/** Too short for a header, or an ID that nobody waits for. */
	unknown: number;
}

/** Sizes of what was sent or came, in octets of DNS messages. */
export interface SizeCounts {
	messages: number;
	bytes: number;
	/** 0 if there are none. */
	minBytes: number;
	maxBytes: number;
}

export interface ConnectionCounts {
	opened: number;
	failed: number;
	/** From the SYN to the end of the handshake. */
	handshakeUs: Histogram;
}

/** What one span of time (by when queries were due) came to: an interval, a round, or a whole run. */
export interface Measured {
	slots: SlotCounts;
	datagrams: DatagramCounts;
	/** Of answers and late answers, by number. */
	rcodes: Map<number, number>;
	/** Answers with TC. */
	truncated: number;
	queries: SizeCounts;
	replies: SizeCounts;
	/**
	 * From when a query was due to its answer. What was lost is in it at the timeout: an at-least value. What was not sent at
	 * all is not.
	 */
	latencyUs: Histogram;
	/** The same from when it was really sent: what testers usually report. */
	sinceSentUs: Histogram;
	/** From when a query was due to when it was sent: the generator's own part. */
	lagUs: Histogram;
	/** Undefined over UDP. */
	connections: ConnectionCounts | undefined;
}

/** One second of a round. Warm-up is in the series, and not in any summary. */
export interface Interval {
	/** Since the round began, in seconds. */
	fromSec: number;
	toSec: number;
	warmup: boolean;
	measured: Measured;
}

/** One round against one target. */
export interface Round {
	/** From 1. */
	number: number;
	/** When its first query was due, by the calendar, in ms since 1970. */
	startedWallMs: number;
	/** Without warm-up and drain. */
	seconds: number;
	/** What was asked for, queries a second; undefined in the closed loop and for a trace. A ramp: its average. */
	offeredQps: number | undefined;
	measured: Measured;
	intervals: Interval[];
	/** This process's CPU time while the round was measured, all threads, in seconds. */
	cpuSec: number;
	/** Datagrams that the kernel dropped before this process read them: its receive buffers were full. */
	ownDrops: number;
	/** Why the round says nothing of the server; empty: it counts. */
	void: string[];
	/** It was ended from outside. */
	interrupted: boolean;
	/** What the error codes of `sendErrors` were. */
	errorCodes: Map<string, number>;
}

export interface TargetResult {
	/** As it was named on the command line. */
	target: string;
	transport: 'udp' | 'tcp';
	rounds: Round[];
}

/** One step of the search for the highest rate. */
export interface Trial {
	rateQps: number;
	round: Round;
	kept: boolean;
	/** What was not kept, or why it is void. */
	reasons: string[];
}

export interface SearchResult {
	objective: string;
	trials: Trial[];
	/** The highest rate that kept the objective in every trial of it; 0: none did. */
	bestQps: number;
	/** The search ended because the generator could not go faster. */
	generatorWasLimit: boolean;
}

export type LoadMode = 'rate' | 'concurrency' | 'ramp' | 'trace' | 'max';

/** Where and how it ran. */
export interface LoadSetting {
	mode: LoadMode;
	/** Command line as given, for people who want to run it again. */
	arguments: string[];
	/** The options that count, in words: "100,000/s", "zipf 1.1 over 100,000 names". */
	rateText: string;
	workloadText: string;
	seed: number;
	workers: number;
	sockets: number;
	durationSec: number;
	warmupSec: number;
	timeoutSec: number;
	/** "native" or "dgram (why)". */
	transportText: string;
	petrelVersion: string;
	nodeVersion: string;
	platformText: string;
	cpuText: string;
	startedWallMs: number;
	/** Expected hit ratio of a cache that forgets nothing within the TTL, where the workload knows it. */
	predictedHitRatio: number | undefined;
}

/** Everything, for whoever writes it down. */
export interface LoadResult {
	setting: LoadSetting;
	/** One or more, in the order of the command line. */
	targets: TargetResult[];
	/** `--max` only, one for each target. */
	searches: SearchResult[];
	interrupted: boolean;
}
