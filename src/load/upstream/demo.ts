import { UpstreamScript } from './script.ts';
import { type RunningUpstream, startUpstream } from './server.ts';

/**
 * The upstream behind `demo.`: a first `dig www.demo` works without a network. Every name below demo answers, and the
 * labels of `labelHelp` work: nx.demo, ttl5.www.demo, delay200ms.demo. Names elsewhere are REFUSED.
 */
const greeting = '@ IN TXT "Hello from petrel: this answer was made on your own machine."';

/** The script of the zone `demo.`. */
export function demoScript(): UpstreamScript {
	return new UpstreamScript({
		seed: 1,
		zones: ['demo.'],
		rules: [
			{ name: 'demo.', type: 'TXT', action: { records: [greeting] } },
			{ name: 'www.demo.', type: 'TXT', action: { records: [greeting] } },
		],
	});
}

/** Starts the demo on a free port of the loopback address. */
export function startDemoUpstream(): Promise<RunningUpstream> {
	return startUpstream({ address: '127.0.0.1', port: 0, script: demoScript() });
}
