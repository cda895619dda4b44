import { Answer } from '../cache/answer.ts';
import { CacheKey } from '../cache/key.ts';
import { entryKind } from '../cache/layout.ts';
import { plugin } from '../metrics/hot/series-layout.ts';
import { compileHeaderRules } from '../rewrite/header-rules.ts';
import { QueryView } from '../wire/question.ts';
import type { Block } from './compile.ts';
import { Asker, composeReply } from './compose.ts';
import type { Rotator } from './rotation.ts';

const noRules = compileHeaderRules([]);

/**
 * The query that an engine handles now, and its reply. One object per engine, filled anew for each query; what has to
 * outlive the query is copied out of it.
 */
export class QueryInHand {
	readonly key: CacheKey;
	/** Its QNAME stands in the key. */
	readonly view: QueryView;
	readonly asker = new Asker();
	readonly answer = new Answer();
	/** Where the reply goes, and its records: behind the question. */
	reply: Uint8Array = new Uint8Array(0);
	replyStart = 0;
	bodyStart = 0;
	/** Who writes the reply, a value of `plugin`. */
	by: number = plugin.none;

	readonly #rotator: Rotator;

	constructor(secret: readonly [number, number], rotator: Rotator) {
		this.#rotator = rotator;
		this.key = new CacheKey(secret);
		this.view = new QueryView(this.key.qname);
	}

	/** Writes the reply that `answer` makes under the rules of a server block; returns its length. */
	compose(block: Block | undefined): number {
		const { answer, asker, reply, replyStart } = this;
		const length = composeReply(answer, asker, block?.response ?? noRules, reply, replyStart);
		if (block?.rotation !== undefined) {
			this.#rotator.turn(block.rotation, answer, asker.questionBytes, this.key.hashLow, reply, replyStart);
		}
		return length;
	}

	/** A reply that says no; response rules apply to it as to any other. */
	refuse(block: Block | undefined, code: number, edeCode: number): number {
		this.by = plugin.none;
		this.answer.reset(code & 0xf, code >>> 4, entryKind.failure);
		this.answer.edeCode = edeCode;
		return this.compose(block);
	}
}
