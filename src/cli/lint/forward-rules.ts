/** Rules about `forward` that need no more than the line itself and the files it names. */
import { isIP } from 'node:net';
import ipaddr from 'ipaddr.js';
import type { ForwardOptions, ServerBlock, SourcePosition } from '../../config/model.ts';
import { isInZone } from '../../config/zone-name.ts';
import { hostPort } from '../../net/bind-error.ts';
import { parseResolvConf } from '../../server/resolv-conf.ts';
import type { LintContext } from './lint.ts';

export function checkForwards(context: LintContext): void {
	for (const block of context.model.blocks) {
		for (const forward of block.forwards) {
			checkExcept(forward, context);
			checkTwice(forward, context);
			checkResolvConf(forward, context);
			checkLimit(forward, context);
		}
		checkOrder(block, context);
		checkLoopProbe(block, context);
	}
}

function checkExcept({ at, from, except }: ForwardOptions, { found }: LintContext): void {
	const all = except.find((zone) => isInZone(from, zone));
	if (all === undefined) return;
	const message = `\`except ${all}\` leaves out all that \`forward ${from}\` takes`;
	found('forwards-nothing', at, message, 'remove the `except`, or the `forward`');
}

function checkTwice({ at, to }: ForwardOptions, { found }: LintContext): void {
	const seen = new Set<string>();
	for (const target of to) {
		if (target.kind !== 'address') continue;
		const text = hostPort(target.address, target.port);
		if (seen.has(text)) {
			found('upstream-twice', at, `the upstream ${text} stands twice in this line`, 'remove one of them');
		}
		seen.add(text);
	}
}

function checkResolvConf({ at, to }: ForwardOptions, { place, found }: LintContext): void {
	if (place === undefined) return;
	for (const target of to) {
		if (target.kind !== 'resolv-conf') continue;
		const { path } = target;
		const text = place.readText(path);
		const nameservers = text === undefined ? [] : parseResolvConf(text);
		if (nameservers.length === 0) {
			const what = text === undefined ? 'cannot be read here' : 'names no nameserver';
			const message = `${path} ${what}: what is forwarded there gets SERVFAIL`;
			found(
				'resolv-conf-unusable',
				at,
				message,
				'name the file of the machine that petrel runs on, or addresses',
			);
		}
		const stub = nameservers.find(isResolvedStub);
		if (stub === undefined) continue;
		const message = `${path} names ${stub}, the stub of systemd-resolved: where that asks petrel, queries go in a circle`;
		found('resolv-conf-stub', at, message, 'forward to `/run/systemd/resolve/resolv.conf` in its place');
	}
}

/** systemd-resolved answers on 127.0.0.53, and on .54 without its extras. */
export function isResolvedStub(address: string): boolean {
	return address === '127.0.0.53' || address === '127.0.0.54';
}

function checkLimit({ at, maxConcurrent }: ForwardOptions, { found }: LintContext): void {
	if (maxConcurrent > 0) return;
	const message = 'without `max_concurrent` a slow upstream collects queries until their time is over';
	found('no-max-concurrent', at, message, 'add for example `max_concurrent 1000` in the block of `forward`');
}

function checkOrder({ forwards }: ServerBlock, { found }: LintContext): void {
	for (const [place, forward] of forwards.entries()) {
		const earlier = forwards
			.slice(0, place)
			.find(({ from }) => from !== forward.from && isInZone(forward.from, from));
		if (!earlier) continue;
		const message =
			`names in ${forward.from} go here, the longest zone; CoreDNS would send them to the ` +
			`\`forward ${earlier.from}\` of line ${earlier.at.line}`;
		found('forward-order', forward.at, message, 'to mean the same in both, write the longer zone first');
	}
}

/** A loop needs an upstream on this machine, or one that somebody else can change. */
function checkLoopProbe({ loop, forwards }: ServerBlock, { found }: LintContext): void {
	if (loop) return;
	const at: SourcePosition | undefined = forwards.find(({ to }) =>
		to.some(
			(target) => target.kind === 'resolv-conf' || (target.kind === 'address' && isNear(target.address)),
		),
	)?.at;
	if (at === undefined) return;
	const message = 'nothing would notice if this upstream led back to petrel';
	found('no-loop-check', at, message, 'add `loop` to the block');
}

function isNear(address: string): boolean {
	return isIP(address) !== 0 && ['loopback', 'linkLocal'].includes(ipaddr.process(address).range());
}
