import { buildModel, type LoadResult } from './load.ts';
import type { SourcePosition } from './model.ts';
import { Report } from './report.ts';
import type { Statement, Token } from './syntax.ts';

export interface FlagOptions {
	/** Values of `--upstream`, each as a TO of `forward`. */
	readonly upstreams: readonly string[];
	/** The zone that is served; all names unless given. */
	readonly zone?: string;
	readonly port: number;
	/** The address to listen on; every address unless given. */
	readonly listen?: string;
}

/**
 * The model of `petrel serve --upstream …` without a file: one block with `cache`, `errors` and `forward`, all with their
 * defaults. Values go through the checks of the directives; in findings the flag stands in the place of the file.
 */
export function modelFromFlags(options: FlagOptions): LoadResult {
	const report = new Report();
	const word = (flag: string, text: string): Token => {
		const at: SourcePosition = { file: flag, line: 1, column: 1 };
		return { text, at, quoted: true, startsLine: false, origin: undefined };
	};
	if (options.upstreams.length === 0) {
		const hint = 'write for example `--upstream 192.0.2.1`, or name a Corefile';
		report.error(word('--upstream', '').at, 'there is no upstream', hint);
	}
	const zone = options.zone ?? '.';
	const line = (name: string, ...args: Token[]): Statement => ({
		name: { ...word('(flags)', ''), text: name },
		args,
		block: undefined,
	});
	const statements = [line('cache'), line('errors')];
	if (options.listen !== undefined) statements.push(line('bind', word('--listen', options.listen)));
	if (options.upstreams.length > 0) {
		const targets = options.upstreams.map((upstream) => word('--upstream', upstream));
		statements.push(line('forward', word('--zone', '.'), ...targets));
	}
	const keys = [word('--zone', zone)];
	return buildModel([{ keys, braced: true, statements }], options.port, report, new Map());
}
