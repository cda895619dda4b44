import type { ReloadOptions } from '../model/operations.ts';
import { directive } from './spec.ts';

/** CoreDNS's defaults and least values. */
const intervalDefaultMs = 30_000;
const intervalMinMs = 2000;
const jitterDefaultMs = 15_000;
const jitterMinMs = 1000;

export const reload = directive<ReloadOptions>({
	name: 'reload',
	summary: 'takes a changed configuration over without a restart',
	text: [
		'Every INTERVAL, more or less up to half of JITTER, the Corefile and the files that it imports are read. When any ' +
			'has changed, all of it is checked; if it can be used, all workers change over to it together: no query is lost, ' +
			'and server blocks that stay the same keep their cache. If it cannot, nothing changes: every error is logged with ' +
			'its place, counted (`coredns_reload_failed_total`) and shown by `petrel status`.',
		'Holds for the whole process; of several `reload` lines the first decides. SIGHUP and SIGUSR1 have the files read at ' +
			'once, with `reload` or without. Workers and the size of the cache are flags: they change with a restart.',
	],
	args: [
		{
			name: 'INTERVAL',
			kind: 'duration',
			unit: 'ms',
			optional: true,
			min: intervalMinMs,
			default: intervalDefaultMs,
			text: 'how often the files are looked at',
		},
		{
			name: 'JITTER',
			kind: 'duration',
			unit: 'ms',
			optional: true,
			min: jitterMinMs,
			default: jitterDefaultMs,
			text: 'so that a fleet does not reload at one moment; at most half of INTERVAL',
		},
	],
	options: [],
	once: true,
	coredns: [
		'a change of a comment is a change: the texts of the files are compared',
		'the cache of blocks that stay the same is kept; CoreDNS starts with an empty one',
	],
	tests: ['unit/server/reloader', 'integration/reload'],
	example: `. {
    reload 10s 2s
    forward . 192.0.2.1
}`,
	begin(values) {
		const intervalMs = values.number('INTERVAL') ?? intervalDefaultMs;
		const jitterMs = Math.min(values.number('JITTER') ?? jitterDefaultMs, intervalMs / 2);
		return { intervalMs, jitterMs };
	},
	end: (draft, { block }) => {
		block.reload = draft;
	},
});
