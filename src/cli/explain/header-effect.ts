import type { HeaderFlag, SourcePosition } from '../../config/model.ts';
import type { SourceBlock, Statement } from '../../config/syntax.ts';
import type { HeaderMasks } from '../../rewrite/header-rules.ts';
import { flag } from '../../wire/header.ts';
import { directivesOf } from '../written.ts';

/** What becomes of one flag. */
export interface FlagEffect {
	readonly flag: HeaderFlag;
	readonly effect: string;
	readonly origin: SourcePosition | undefined;
}

const flags: readonly HeaderFlag[] = ['aa', 'ra', 'rd', 'ad', 'cd'];
/** Flags that rules for queries may name. */
const queryFlags: readonly HeaderFlag[] = ['rd', 'ad', 'cd'];

const withoutRule: Readonly<Record<'query' | 'response', Readonly<Partial<Record<HeaderFlag, string>>>>> = {
	response: {
		aa: '0',
		ra: '1',
		rd: "the client's",
		ad: "the upstream's, for clients that ask for it",
		cd: "the client's",
	},
	query: { rd: '1', ad: '1, which asks for AD', cd: "the client's" },
};

/** The value of every flag at the end, by the masks that the engine applies, and the rule that decided. */
export function flagEffects(
	side: 'query' | 'response',
	masks: HeaderMasks,
	written: SourceBlock,
): readonly FlagEffect[] {
	return (side === 'query' ? queryFlags : flags).map((name) => {
		const bit = flag[name];
		const isSet = (masks.set & bit) !== 0;
		const isCleared = !isSet && (masks.keep & bit) === 0;
		const effect = isSet ? '1' : isCleared ? '0' : withoutRule[side][name]!;
		const origin = isSet || isCleared ? lastRule(side, name, written)?.name.at : undefined;
		return { flag: name, effect, origin };
	});
}

function lastRule(side: 'query' | 'response', name: HeaderFlag, written: SourceBlock): Statement | undefined {
	const rules = directivesOf(written, 'header').flatMap(({ block }) => block ?? []);
	return rules.findLast(({ name: selector, args }) => {
		const word = selector.text.toLowerCase();
		const isSide = word === side || (side === 'response' && (word === 'set' || word === 'clear'));
		return isSide && args.some(({ text }) => text.toLowerCase() === name);
	});
}
