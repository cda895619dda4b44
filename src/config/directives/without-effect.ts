/** Directives of CoreDNS that can stay in a Corefile and change nothing here. */
import { type ArgumentSpec, type Directive, directive, type OptionSpec } from './spec.ts';

/** What stands behind the options is looked at no further than that it is there. */
function option(name: string, text: string, ...args: readonly ArgumentSpec[]): OptionSpec<undefined> {
	return { name, args, text, apply: () => {} };
}

const word = (name: string): ArgumentSpec => ({ name, kind: 'word', text: 'anything' });
const optionalWord = (name: string): ArgumentSpec => ({ ...word(name), optional: true });

const ends = { begin: () => undefined, end: () => {} };

export const multisocket: Directive = directive<undefined>({
	name: 'multisocket',
	summary: 'several sockets for one address',
	text: ['petrel has a socket for each worker and address in any case.'],
	args: [
		{
			name: 'NUM_SOCKETS',
			kind: 'integer',
			min: 1,
			max: 1024,
			optional: true,
			text: 'accepted, and without effect',
		},
	],
	options: [],
	once: true,
	ignored: 'petrel has a socket for each worker, and `--workers` says how many there are',
	coredns: [],
	tests: ['unit/config/without-effect'],
	example: `. {
    multisocket 4
    forward . 192.0.2.1
}`,
	...ends,
});

export const pprof: Directive = directive<undefined>({
	name: 'pprof',
	summary: "Go's profiler",
	text: ['There is no Go to be profiled. Node.js writes a profile with `node --cpu-prof`.'],
	args: [optionalWord('ADDRESS')],
	options: [option('block', "Go's profile of blocking", optionalWord('RATE'))],
	once: true,
	ignored: 'nothing listens there; for a profile start petrel with `node --cpu-prof`',
	coredns: [],
	tests: ['unit/config/without-effect'],
	example: `. {
    pprof
    forward . 192.0.2.1
}`,
	...ends,
});

export const shed: Directive = directive<undefined>({
	name: 'shed',
	summary: 'drops queries that the sockets cannot keep up with',
	text: ['Every queue of petrel has a bound, and what is dropped there is counted.'],
	args: [],
	options: [],
	once: true,
	ignored: 'every queue has a bound in any case; `max_concurrent` of `forward` bounds the load of upstreams',
	coredns: [],
	tests: ['unit/config/without-effect'],
	example: `. {
    shed
    forward . 192.0.2.1
}`,
	...ends,
});

export const trace: Directive = directive<undefined>({
	name: 'trace',
	summary: 'traces of queries for Zipkin or Datadog',
	text: ['No traces are sent.'],
	args: [optionalWord('ENDPOINT-TYPE'), optionalWord('ENDPOINT')],
	options: [
		option('every', 'one query of so many', word('AMOUNT')),
		option('service', 'the name of the service', word('NAME')),
		option('client_server', 'one span for both sides', optionalWord('BOOL')),
		option('datadog_analytics_rate', 'the part that is analysed', optionalWord('RATE')),
		option('zipkin_max_backlog_size', 'spans that wait', word('SIZE')),
		option('zipkin_max_batch_size', 'spans in one message', word('SIZE')),
		option('zipkin_max_batch_interval', 'the time between two messages', word('DURATION')),
	],
	ignored: 'no traces are sent; `log` and the counters tell of queries',
	coredns: [],
	tests: ['unit/config/without-effect'],
	example: `. {
    trace zipkin 192.0.2.9:9411
    forward . 192.0.2.1
}`,
	...ends,
});
