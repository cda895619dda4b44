/**
 * Every kind of difference between CoreDNS and petrel that `npm run test:peers` may see, and does see. Its ID stands as
 * `peers/ID` in the row of docs/compatibility.md that says why it is so: a test keeps the two in step.
 */
export interface DifferenceKind {
	readonly id: string;
	/** The inputs where it has to be seen; 'any': somewhere. */
	readonly tests: 'any' | readonly string[];
	/** What is observed, as in `observation.ts` and `session.ts`. */
	readonly field: RegExp;
	/** What CoreDNS and petrel have there; anything where it is left out. */
	readonly coredns?: RegExp;
	readonly petrel?: RegExp;
}

const none = /^none$/;
const oneQuery = /^1 × [^,]+$/;

/** Several fields of one exchange that differ for one reason. */
function together(id: string, tests: readonly string[], fields: Readonly<Record<string, [RegExp, RegExp]>>) {
	return Object.entries(fields).map(
		([field, [coredns, petrel]]): DifferenceKind => ({
			id,
			tests,
			field: new RegExp(`^${field}$`),
			coredns,
			petrel,
		}),
	);
}

const late = /^1000 to 4800 ms$/;
const atOnce = /^below 1000 ms$/;

export const differenceKinds: readonly DifferenceKind[] = [
	// Flags and names.
	{ id: 'aa-of-upstreams', tests: ['T02'], field: /^aa$/, coredns: /1/, petrel: /0/ },
	{ id: 'header-rules-on-hits', tests: ['T04'], field: /^rd$/, coredns: /1/, petrel: /0/ },
	{ id: 'rd-0', tests: ['T64'], field: /^upstream query$/, coredns: /^rd 0/, petrel: /^rd 1/ },
	{ id: 'spelling', tests: ['T10'], field: /^answer$/, coredns: /^CaSe\.T10/, petrel: /^cAsE\.t10/ },
	...together('spelling', ['T11'], {
		question: [/^lower/, /^LoWeR/],
		answer: [/^lower/, /^LoWeR/],
	}),

	// What is kept, and how long.
	...together('ttl-0', ['T07'], { 'answer ttl': [/^A:5$/, /^A:0$/], upstream: [none, oneQuery] }),
	{
		id: 'ttl-of-each-record',
		tests: ['T06'],
		field: /^answer ttl$/,
		coredns: /^CNAME:10 A:10$/,
		petrel: /^CNAME:300 /,
	},
	...together('negative-ttl', ['T20'], {
		'authority ttl': [/^SOA:1[78]\d\d$/, /^SOA:[45]$/],
		upstream: [none, oneQuery],
	}),
	...together('nodata-without-soa', ['T23'], { upstream: [none, oneQuery] }),
	...together('nxdomain-behind-a-cname', ['T24'], {
		'answer ttl': [/^CNAME:5$/, /^CNAME:(60|59)$/],
		'authority ttl': [/^SOA:5$/, /^SOA:(60|59)$/],
		upstream: [oneQuery, none],
	}),
	...together('opaque-rdata', ['T13b'], {
		rcode: [/^SERVFAIL$/, /^NOERROR$/],
		answer: [/^empty$/, /010203$/],
		upstream: [/^2 × /, /^(1 × .*|none)$/],
	}),
	...together('servfail-hold', ['T28'], { upstream: [oneQuery, none] }),
	...together('stale-ttl', ['T29', 'T40', 'T42', 'T43', 'T43b', 'T45'], {
		'answer ttl': [/^A:0$/, /^A:30$/],
	}),
	...together('stale-ttl', ['T44'], { 'authority ttl': [/^SOA:0$/, /^SOA:30$/] }),
	...together('stale-ede', ['T40'], { ede: [none, /^3$/] }),
	...together('stale-recheck', ['T29', 'T45'], {
		upstream: [/^([2-9]|\d\d) × [^,]+ tcp$/, /^1 × [^,]+ udp$/],
	}),

	// Asking upstreams.
	...together('coalescing', ['T50'], { upstream: [/^20 × /, oneQuery] }),
	...together('longest-from', ['T67b'], { upstream: [oneQuery, none], 'upstream 2': [none, oneQuery] }),
	...together('source-ports', ['T70'], { 'source ports': [/^one or two$/, /^50 or more$/] }),
	...together('transport-of-clients', ['T56'], { upstream: [/^1 × .* tcp$/, /^1 × .* udp$/] }),
	...together('transport-of-refreshes', ['T42', 'T43'], { upstream: [/^1 × .* tcp$/, /^1 × .* udp$/] }),
	...together('transport-of-refreshes', ['T47'], {
		upstream: [/^1 × \S+ A tcp, 1 × \S+ A udp$/, /^2 × \S+ A udp$/],
	}),
	...together('truncation', ['T55'], {
		answer: [/^empty$/, /^29 records$/],
		upstream: [/^1 × [^,]+ (udp|tcp)$/, /^(1 × [^,]+ tcp, 1 × [^,]+ udp|none)$/],
	}),
	...together('truncation', ['bufsize'], {
		upstream: [oneQuery, /^(1 × [^,]+ tcp, 1 × [^,]+ udp|none)$/],
	}),
	...together('stray-datagrams', ['T52'], {
		rcode: [/^FORMERR$/, /^NOERROR$/],
		answer: [/^empty$/, /^short/],
		upstream: [oneQuery, none],
	}),
	...together('other-question', ['T53a', 'T53b', 'T53c'], {
		rcode: [/^FORMERR$/, /^SERVFAIL$/],
		time: [atOnce, late],
		upstream: [oneQuery, /^3 × /],
	}),
	...together('unreadable-reply', ['T85a'], { time: [atOnce, late], upstream: [/^2 × /, /^3 × /] }),
	...together('unreadable-reply', ['T85b'], {
		rcode: [/^NOERROR$/, /^SERVFAIL$/],
		tc: [/1/, /0/],
		time: [atOnce, late],
		upstream: [oneQuery, /^3 × /],
	}),
	...together('unasked-records', ['T85c'], {
		rcode: [/^NOERROR$/, /^SERVFAIL$/],
		answer: [/^\. A /, /^empty$/],
		time: [atOnce, late],
		upstream: [oneQuery, /^3 × /],
	}),
	...together('silent-upstream', ['T31'], { ede: [none, /^22$/], upstream: [/^2 × /, /^3 × /] }),
	...together('edns-options', ['T60'], {
		'opt options': [/^10$/, none],
		'upstream edns': [/options 10$/, /options none$/],
	}),
	...together('edns-options', ['T61'], { 'upstream edns': [/options 8$/, /options none$/] }),
	...together('edns-to-upstreams', ['T58', 'T59', 'T64'], { 'upstream edns': [none, /^size 1232 /] }),
	...together('edns-formerr', ['T63'], {
		rcode: [/^FORMERR$/, /^NOERROR$/],
		answer: [/^empty$/, /^noedns/],
		upstream: [oneQuery, /^2 × /],
	}),

	// Serving clients.
	...together('tcp-out-of-order', ['T69b'], { 'answered first': [/slow/, /fast/] }),
	...together('class-ch', ['T15'], { upstream: [/^1 × /, /^(none|0 × .*)$/] }),
	...together('notify', ['T82b'], {
		rcode: [/^FORMERR$/, /^NOTIMP$/],
		rd: [/0/, /1/],
		'upstream malformed': [/^1$/, /^nothing$/],
	}),
	...together('question-of-notimp', ['T82a', 'T82c'], { question: [none, /bad\.t82/] }),

	...together('negative-soa', ['T99', 'template'], { authority: [/^empty$/, / SOA /] }),
	...together('opt-of-its-own', ['acl', 'nsid'], { opt: [/do 1$/, /^(none|version 0 do 0)$/] }),
	...together('opt-of-its-own', ['acl'], { ede: [/^15$/, none] }),
	...together('no-forward', ['except'], { rcode: [/^SERVFAIL$/, /^REFUSED$/] }),
	...together('ede-of-refusals', ['zones'], { ede: [none, /^18$/] }),

	// Wherever else they show.
	{ id: 'aa-on-hits', tests: 'any', field: /^aa$/, coredns: /1/, petrel: /0/ },
	{ id: 'ra-always', tests: 'any', field: /^ra$/, coredns: /0/, petrel: /1/ },
];
