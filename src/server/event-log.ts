import type { LogLevel } from '../config/model/operations.ts';
import type { Model } from '../config/model.ts';
import type { EngineEvent } from '../engine/io.ts';
import { causeText } from './cause-text.ts';
import { Consolidation } from './consolidation.ts';
import type { Log } from './log.ts';

export interface EventLogOptions {
	readonly model: Model;
	readonly log: Log;
	/** For blocks with `errors stdout`. */
	readonly stdoutLog: Log;
	nameOfUpstream(upstream: number): string;
}

/** What a block does with its errors. */
interface BlockErrors {
	readonly log: Log;
	readonly consolidation: Consolidation;
}

/** Writes what engines report, in a person's words: blocks by their zones, upstreams by their addresses. */
export class EventLog {
	readonly #options: EventLogOptions;
	/** By block; undefined: as with CoreDNS, a block without `errors` keeps its failures to itself. */
	readonly #errors: readonly (BlockErrors | undefined)[];

	constructor(options: EventLogOptions) {
		this.#options = options;
		this.#errors = options.model.blocks.map(({ errors }) => {
			if (errors === undefined) return undefined;
			const log = errors.stdout ? options.stdoutLog : options.log;
			const write = (level: LogLevel, text: string, count: number): void =>
				log.at(level, `plugin/errors: ${text}`, { count });
			return { log, consolidation: new Consolidation(errors.consolidate, write) };
		});
	}

	/** Says what `consolidate` has counted so far. */
	close(): void {
		for (const errors of this.#errors) errors?.consolidation.close();
	}

	write(event: EngineEvent): void {
		const { model, log, nameOfUpstream } = this.#options;
		switch (event.kind) {
			case 'resolution-failed':
				this.#failed(event);
				return;
			case 'upstream-down': {
				const upstream = nameOfUpstream(event.upstream);
				log.warn(`plugin/forward: upstream ${upstream} is down`, { upstream });
				return;
			}
			case 'upstream-up': {
				const upstream = nameOfUpstream(event.upstream);
				log.info(`plugin/forward: upstream ${upstream} is up again`, { upstream });
				return;
			}
			case 'loop-found': {
				const { at, keys } = model.blocks[event.block];
				const zones = keys.map(({ zone }) => zone).join(' ');
				log.error(
					`plugin/loop: ${at.file}:${at.line}: what is forwarded for ${zones} comes back to petrel; this block answers ` +
						'SERVFAIL now. Name upstreams that do not forward to petrel, and restart.',
					{ zones },
				);
			}
		}
	}

	#failed(event: Extract<EngineEvent, { kind: 'resolution-failed' }>): void {
		const errors = this.#errors[event.block];
		if (errors === undefined) return;
		const { qname, qtype, rcode } = event;
		const cause = causeText(event, this.#options.nameOfUpstream);
		const level = errors.consolidation.count(cause);
		if (level !== undefined) errors.log.resolutionFailed({ qname, qtype, rcode, cause }, level);
	}
}

/** The report of a fault in petrel itself: where it happened, or with `stacktrace` in any block the whole way there. */
export function faultText(text: string, model: Model): string {
	if (model.blocks.some(({ errors }) => errors?.stacktrace)) return text;
	return text.split('\n').slice(0, 2).join('\n');
}
