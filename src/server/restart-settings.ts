import type { SourceBlock, Statement } from '../config/syntax.ts';

/**
 * What of a Corefile is about sizes that a process has for life: CoreDNS takes them from there, petrel from its flags. Whoever
 * changes them is told, or would wait for an effect.
 */
export interface RestartSettings {
	/** `multisocket NUM_SOCKETS` of every block. */
	readonly workers: string;
	/** CAPACITY of `cache { success … }` and `cache { denial … }` of every block. */
	readonly cacheSize: string;
}

export function restartSettingsOf(blocks: readonly SourceBlock[]): RestartSettings {
	const statements = blocks.flatMap((block) => block.statements);
	const named = (list: readonly Statement[], ...names: string[]): string =>
		list
			.filter(({ name }) => names.includes(name.text))
			.map(({ name, args }) => `${name.text} ${args[0]?.text ?? ''}`)
			.join(', ');
	const cacheOptions = statements
		.filter(({ name }) => name.text === 'cache')
		.flatMap(({ block }) => block ?? []);
	return {
		workers: named(statements, 'multisocket'),
		cacheSize: named(cacheOptions, 'success', 'denial'),
	};
}

/** What a person is to be told when these settings change; empty: they do not. */
export function restartAdvice(before: RestartSettings, now: RestartSettings): string[] {
	const advice: string[] = [];
	if (before.workers !== now.workers) {
		advice.push('`multisocket` changed: the number of workers is a flag (--workers) and needs a restart');
	}
	if (before.cacheSize !== now.cacheSize) {
		advice.push(
			'a CAPACITY of `cache` changed: the size of the cache is a flag (--cache-size) and needs a restart',
		);
	}
	return advice;
}
