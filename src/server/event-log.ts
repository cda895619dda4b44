import type { Model } from '../config/model.ts';
import type { EngineEvent } from '../engine/io.ts';
import { rcode } from '../wire/iana.ts';
import type { Log } from './log.ts';

/** Writes what an engine reports, in a person's words: blocks by their zones, upstreams by their addresses. */
export function logEvent(
	event: EngineEvent,
	model: Model,
	nameOfUpstream: (upstream: number) => string,
	log: Log,
): void {
	switch (event.kind) {
		case 'resolution-failed': {
			// As with CoreDNS, a block without `errors` keeps its failures to itself.
			if (!model.blocks[event.block]?.errors) return;
			const { qname, qtype, cause } = event;
			log.resolutionFailed({ qname, qtype, cause, rcode: rcode.SERVFAIL });
			return;
		}
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
