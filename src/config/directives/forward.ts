import type { UpstreamTarget } from '../model.ts';
import type { Report } from '../report.ts';
import type { Token } from '../syntax.ts';
import { readUpstreamTarget } from '../upstream-target.ts';
import { isInZone } from '../zone-name.ts';
import { type ForwardDraft, forwardDefaults, forwardOptions } from './forward-options.ts';
import { directive, type StatementContext, type Values } from './spec.ts';

const upstreamsMax = 15;

const noTls =
	'DNS over TLS is not in this version: remove the line, and name a proxy on this machine that speaks TLS, as `stubby` or ' +
	'`unbound`, or an upstream that answers plain DNS';

function begin(values: Values, { zones, report }: StatementContext): ForwardDraft {
	const from = values.allTexts('FROM');
	for (const zone of from) {
		if (zones.length === 0 || zones.some((own) => isInZone(zone, own) || isInZone(own, zone))) continue;
		const message = `no name in \`${zone}\` reaches this block: it serves ${zones.join(' ')}`;
		report.warn(values.words('FROM')[0].at, message, 'give the zone a server block of its own');
	}
	return {
		from,
		except: [],
		to: readTargets(values.words('TO'), report),
		...forwardDefaults,
	};
}

function readTargets(words: readonly Token[], report: Report): UpstreamTarget[] {
	if (words.length > upstreamsMax) {
		const message = `\`forward\` takes at most ${upstreamsMax} upstreams, not ${words.length}`;
		report.error(words[upstreamsMax].at, message, 'remove some');
	}
	const targets: UpstreamTarget[] = [];
	for (const word of words) {
		const target = readUpstreamTarget(word);
		if ('kind' in target) targets.push(target);
		else report.error(word.at, target.message, target.hint);
	}
	return targets;
}

function end({ from, ...options }: ForwardDraft, { statement, block, report }: StatementContext): void {
	const { at } = statement.name;
	if (options.forceTcp && options.preferUdp) report.warn(at, '`prefer_udp` does nothing beside `force_tcp`');
	for (const zone of from) {
		const earlier = block.forwards.find((other) => other.from === zone);
		if (earlier && earlier.next.length === 0 && !earlier.nextOnNodata && earlier.except.length === 0) {
			const message = `the \`forward ${zone}\` of line ${earlier.at.line} takes all queries: this one gets none`;
			report.warn(at, message, 'put the upstreams into one line, or give the other one `next`');
		}
		block.forwards = [...block.forwards, { at, from: zone, ...options }];
	}
}

export const forward = directive<ForwardDraft>({
	name: 'forward',
	summary: 'asks upstreams for what is not in the cache',
	text: [
		'FROM is the zone that is forwarded, `.` for all names. Where several `forward` of a block match, the longest ' +
			'zone wins, whatever their order.',
		'TO is an address (`192.0.2.1`, `192.0.2.1:5300`, `2001:db8::1`, `[2001:db8::1]:5300`, also with `dns://` before ' +
			'it), or a file in the form of `/etc/resolv.conf`, which is read again when it changes, or `demo://`, an upstream ' +
			'inside petrel for trying it without a network. A port that is not given is 53.',
		'An upstream that does not answer is left for the next one. After a failure it is probed (`. NS` unless ' +
			'`health_check` says otherwise) until it answers.',
	],
	args: [
		{ name: 'FROM', kind: 'zone', text: 'the zone, or an address range for its reverse zones' },
		{ name: 'TO', kind: 'word', many: true, text: `1 to ${upstreamsMax} upstreams` },
	],
	options: forwardOptions,
	refusedOptions: {
		tls: noTls,
		tls_servername: noTls,
		doh_method: 'remove the line: DNS over HTTPS is not in this version',
		source_address:
			'remove the line: the routes of the machine decide, and `ip route … src ADDRESS` sets it there',
		resolver: 'remove the line, and write the addresses of the upstreams in place of host names',
	},
	coredns: [
		'of several `forward` the longest zone wins; CoreDNS takes the first that matches',
		'equal questions under way are asked once, over all workers',
		'an address range for FROM stands for all its reverse zones; CoreDNS takes the first',
		'a relative path is relative to the Corefile, and must start with `./` or `../`; there to the working directory',
		'`demo://` does not exist there; `tls://` is refused in this version',
	],
	tests: ['unit/config/forward-directive', 'integration/upstream-failure'],
	example: `. {
    forward . 192.0.2.1 [2001:db8::1]:5300 {
        policy sequential
        max_concurrent 1000
        failover SERVFAIL REFUSED
    }
    forward cluster.local 10.96.0.10 {
        force_tcp
    }
}`,
	begin,
	end,
});
