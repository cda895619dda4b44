import type { Options } from '../lib/options.ts';
import { coredns } from './coredns.ts';
import { dnsdist, dnsdistBatch } from './dnsdist.ts';
import { dnsmasq } from './dnsmasq.ts';
import { knotResolver } from './knot-resolver.ts';
import { nodeCache } from './node-cache.ts';
import type { Peer } from './peer.ts';
import { petrel } from './petrel.ts';
import { recursor } from './recursor.ts';
import { unbound } from './unbound.ts';

/** Every server that the benchmark knows. @param built where petrel was built */
export function allPeers(options: Options, built: string): readonly Peer[] {
	return [
		petrel(built, 'petrel'),
		petrel(built, 'petrel-no-trains'),
		petrel(built, 'petrel-dgram'),
		dnsdist,
		dnsdistBatch,
		unbound,
		recursor,
		knotResolver,
		dnsmasq,
		coredns(options.coredns),
		nodeCache(options.nodeCache),
	];
}
