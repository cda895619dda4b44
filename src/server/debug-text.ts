import type { ForwardOptions, ServerBlock, UpstreamTarget } from '../config/model.ts';

/** What a server block does, on one line: `debug` writes it at the start. */
export function blockText(block: ServerBlock): string {
	const { at, keys, cache, forwards } = block;
	const zones = keys.map(({ zone, port }) => `${zone}:${port}`).join(' ');
	const parts = [
		cache === undefined ? 'no cache' : `cache ${cache.successTtlMaxSec} ${cache.denialTtlMaxSec}`,
		...forwards.map(forwardText),
		...(['whoami', 'loop', 'errors'] as const).filter((name) => block[name]),
		...block.log.map(({ zones, classes }) => `log ${zones.join(' ')} (${classes.join(' ')})`),
	];
	return `${at.file}:${at.line}: ${zones}: ${parts.join(', ')}`;
}

function forwardText({ from, to, policy, maxFails, maxConcurrent }: ForwardOptions): string {
	return `forward ${from} to ${to.map(targetText).join(' ')} (${policy}, max_fails ${maxFails}, max_concurrent ${maxConcurrent})`;
}

function targetText(target: UpstreamTarget): string {
	if (target.kind === 'address') return `${target.address} port ${target.port}`;
	return target.kind === 'demo' ? 'demo' : target.path;
}
