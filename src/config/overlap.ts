import type { ServerBlock, SourcePosition } from './model.ts';
import type { Report } from './report.ts';

interface Claim {
	/** Addresses; empty: all. */
	readonly bind: readonly string[];
	readonly at: SourcePosition;
}

/** Two blocks may serve the same zone on the same port only on different addresses. */
export function checkOverlap(blocks: readonly ServerBlock[], report: Report): void {
	const claims = new Map<string, Claim[]>();
	for (const block of blocks) {
		for (const { zone, port } of block.keys) {
			// Port 0 is another port for every block.
			if (port === 0) continue;
			const key = `${zone}:${port}`;
			const others = claims.get(key) ?? [];
			const other = others.find((claim) => meet(claim.bind, block.bind));
			if (other) reportOverlap(key, block, other, report);
			claims.set(key, [...others, { bind: block.bind, at: block.at }]);
		}
	}
}

/** Limits of connections hold for an address, whichever block a query is for: two blocks there should not differ. */
export function checkTimeouts(blocks: readonly ServerBlock[], report: Report): void {
	for (const [i, block] of blocks.entries()) {
		const { timeouts } = block;
		if (timeouts === undefined) continue;
		const other = blocks
			.slice(0, i)
			.find((earlier) => shareAddress(earlier, block) && differ(earlier, block));
		if (other?.timeouts === undefined) continue;
		const { file, line } = other.timeouts.at;
		report.warn(
			timeouts.at,
			`\`timeouts\` of ${file}:${line} are for the same address and differ: the first of each limit holds`,
			'write the same in both blocks',
		);
	}
}

function shareAddress(a: ServerBlock, b: ServerBlock): boolean {
	return (
		meet(a.bind, b.bind) && a.keys.some(({ port }) => port !== 0 && b.keys.some((key) => key.port === port))
	);
}

function differ({ timeouts: a }: ServerBlock, { timeouts: b }: ServerBlock): boolean {
	if (a === undefined || b === undefined) return false;
	const settings = ['readMs', 'writeMs', 'idleMs', 'maxQueries'] as const;
	return settings.some((name) => a[name] !== undefined && b[name] !== undefined && a[name] !== b[name]);
}

function meet(a: readonly string[], b: readonly string[]): boolean {
	return a.length === 0 || b.length === 0 || a.some((address) => b.includes(address));
}

function reportOverlap(key: string, block: ServerBlock, other: Claim, report: Report): void {
	if (other.at === block.at) {
		report.error(block.at, `this block names \`${key}\` twice`, 'remove one of the keys');
		return;
	}
	report.error(
		block.at,
		`\`${key}\` is served already, by the block in ${other.at.file}:${other.at.line}`,
		'join the blocks, or give each its own addresses with `bind`',
	);
}
