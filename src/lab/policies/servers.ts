import { AsCoreDns } from './as-coredns.ts';
import { AsDnsdist } from './as-dnsdist.ts';
import { AsDnsmasq } from './as-dnsmasq.ts';
import { AsKnotResolver } from './as-knot-resolver.ts';
import { AsPdnsRecursor } from './as-pdns-recursor.ts';
import { AsUnbound } from './as-unbound.ts';
import type { PolicyRow } from './index.ts';
import { Sieve } from './sieve.ts';

/**
 * What DNS servers do when their caches are full, as far as it depends on keys, sizes and expiry. All but BIND's and
 * dnsmasq's can evict, or refuse, while there is room: they are divided into parts, or clean up before they are full.
 */
export const servers: readonly PolicyRow[] = [
	{
		name: 'as-bind',
		help: 'SIEVE, and expired entries go by it like others',
		source: 'BIND 9.21.21, lib/isc/include/isc/sieve.h',
		make: (options) => new Sieve(options),
	},
	{
		name: 'as-coredns',
		help: 'any entry of one of 256 shards may go, expired or not',
		source: 'CoreDNS, plugin/pkg/cache/cache.go',
		make: (options) => new AsCoreDns(options),
	},
	{
		name: 'as-dnsdist',
		help: 'a full shard, of 20, takes in nothing; expired entries go once a minute',
		source: 'dnsdist, pdns/dnsdistdist/dnsdist-cache.cc',
		make: (options) => new AsDnsdist(options),
	},
	{
		name: 'as-dnsmasq',
		help: 'LRU, once nothing has expired any more',
		source: 'dnsmasq, src/cache.c',
		make: (options) => new AsDnsmasq(options),
	},
	{
		name: 'as-knot-resolver',
		help: 'at four fifths a tenth goes: expired entries, then those whose octets are least asked for',
		source: 'Knot Resolver 6, utils/cache_gc/categories.c',
		make: (options) => new AsKnotResolver(options),
	},
	{
		name: 'as-pdns-recursor',
		help: 'LRU, after expired entries among the tenth that is least recently used',
		source: 'PowerDNS Recursor, cachecleaner.hh',
		make: (options) => new AsPdnsRecursor(options),
	},
	{
		name: 'as-unbound',
		help: 'LRU in each of four slabs',
		source: 'Unbound, util/storage/lruhash.c',
		make: (options) => new AsUnbound(options),
	},
];
