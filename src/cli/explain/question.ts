/** The way of one question through a configuration, told with the tables and functions that the engine walks it with. */
import type { Model, ServerBlock, SourcePosition } from '../../config/model.ts';
import type { SourceBlock } from '../../config/syntax.ts';
import {
	type Block,
	type Forward,
	firstForward,
	forwardAfter,
	type Routes,
	routesOf,
} from '../../engine/compile.ts';
import { isMetaType } from '../../engine/front.ts';
import { parseResolvConf } from '../../server/resolv-conf.ts';
import { rcodeName } from '../../wire/iana.ts';
import { isWithin } from '../../wire/name.ts';
import { nameToText } from '../../wire/presentation.ts';
import { cacheSettings } from './cache-settings.ts';
import { flagEffects } from './header-effect.ts';
import { inOrder } from './order.ts';
import type { Place } from './places.ts';
import { forwardSettings, otherSettings, type Setting, targetText } from './settings.ts';

export interface Question {
	/** Uncompressed, lower-case. */
	readonly name: Uint8Array;
	readonly type: number;
	readonly client: string | undefined;
}

export interface ExplainContext {
	readonly model: Model;
	readonly written: readonly SourceBlock[];
	readonly blocks: readonly Block[];
	readText(path: string): string | undefined;
}

/** One thing that happens, or could, on the way. */
export interface Step {
	readonly directive: string;
	readonly text: string;
	readonly origin: SourcePosition | undefined;
	/** What bounds it. */
	readonly settings: readonly Setting[];
}

export interface Explanation {
	readonly listeners: readonly string[];
	/** The block that answers; undefined: none. */
	readonly block: SourcePosition | undefined;
	readonly zone: string | undefined;
	readonly why: string;
	/** Why no answer is looked for; undefined if one is. */
	readonly refused: { readonly rcode: string; readonly why: string } | undefined;
	/** In the order in which they act. */
	readonly steps: readonly Step[];
}

export function explainQuestion(place: Place, question: Question, context: ExplainContext): Explanation {
	const { name, type } = question;
	const routes = routesOf(context.blocks, 0, place.endpoint);
	const block = routes.table.find(name, name.length)?.block;
	const common = { listeners: place.listeners, ...chosenBlock(block, routes, place, question, context) };
	const refused = refusal(block, type);
	if (block === undefined || refused !== undefined) return { ...common, refused, steps: [] };
	const model = context.model.blocks[block.number];
	const written = context.written[block.number];
	const steps = inOrder([
		...otherSettings(written).map(({ directive, value, origin }) => step(directive, value, origin)),
		...(block.whoami ? [whoamiStep(question, written)] : waySteps(block, model, written, question, context)),
		...headerSteps(block, written),
	]);
	return { ...common, refused: undefined, steps };
}

function step(
	directive: string,
	text: string,
	origin: SourcePosition | undefined,
	settings: readonly Setting[] = [],
): Step {
	return { directive, text, origin, settings };
}

/** What the front refuses before anything is looked up, in its order. */
function refusal(block: Block | undefined, type: number): Explanation['refused'] {
	if (isMetaType(type)) {
		return { rcode: 'REFUSED', why: 'the type only means something between two servers' };
	}
	return block === undefined ? { rcode: 'REFUSED', why: 'no zone of the file has the name' } : undefined;
}

function chosenBlock(
	block: Block | undefined,
	routes: Routes,
	place: Place,
	{ name }: Question,
	{ model, blocks }: ExplainContext,
): Pick<Explanation, 'block' | 'zone' | 'why'> {
	const { keyPort } = place.endpoint;
	const zones = place.endpoint.blocks.flatMap((number) =>
		blocks[number].zones.filter((_, i) => keyPort === undefined || blocks[number].ports[i] === keyPort),
	);
	const matching = zones
		.filter((zone) => isWithin(name, 0, name.length, zone))
		.sort((a, b) => b.length - a.length);
	if (block === undefined) {
		const all = zones.map((zone) => nameToText(zone)).join(' ');
		return { block: undefined, zone: undefined, why: `no zone that is served there has the name: ${all}` };
	}
	// The same block may have several zones that match.
	const zone = matching.find((each) => routes.table.find(each, each.length)?.block === block) ?? matching[0];
	const others = matching.filter((each) => each !== zone).map((each) => nameToText(each));
	const why = others.length === 0 ? 'the only zone that has the name' : `longer than ${others.join(' ')}`;
	return { block: model.blocks[block.number].at, zone: nameToText(zone), why };
}

function whoamiStep({ client }: Question, written: SourceBlock): Step {
	const who = client === undefined ? 'the address of the client' : client;
	const origin = written.statements.find(({ name }) => name.text === 'whoami')?.name.at;
	return step(
		'whoami',
		`answers every query with ${who}, its port and transport; nothing is forwarded`,
		origin,
	);
}

function waySteps(
	block: Block,
	model: ServerBlock,
	written: SourceBlock,
	question: Question,
	context: ExplainContext,
): Step[] {
	return [
		...(block.loop
			? [step('loop', 'a probe that comes back is answered SERVFAIL', originOf(written, 'loop'))]
			: []),
		cacheStep(block, model, written, question),
		...forwardSteps(block, written, question, context),
	];
}

function cacheStep(block: Block, model: ServerBlock, written: SourceBlock, { name }: Question): Step {
	const { cache } = block;
	const origin = originOf(written, 'cache');
	if (cache === undefined) return step('cache', 'not kept: the block has no `cache`', origin);
	if (cache.zones.find(name, name.length) === undefined) {
		const zones = cache.options.zones.join(' ');
		return step('cache', `not kept: the name is in none of the zones of \`cache\` (${zones})`, origin);
	}
	const success = cache.disableSuccess.find(name, name.length) === undefined;
	const denial = cache.disableDenial.find(name, name.length) === undefined;
	const kept =
		success && denial
			? 'answers and denials are kept'
			: success
				? 'answers are kept, denials are not'
				: denial
					? 'denials are kept, answers are not'
					: 'nothing is kept';
	// Bounds of what is not kept say nothing about this name, nor do exceptions for other names.
	const idle = ['zones', success ? 'disable success' : 'success', denial ? 'disable denial' : 'denial'];
	const settings = cacheSettings(model, written).filter(({ name: setting }) => !idle.includes(setting));
	return step('cache', kept, origin, settings);
}

function forwardSteps(
	block: Block,
	written: SourceBlock,
	{ name }: Question,
	{ readText }: ExplainContext,
): Step[] {
	const steps: Step[] = [];
	let place = firstForward(block, name, name.length);
	for (const [index, forward] of block.forwards.entries()) {
		if (place >= 0 && index >= place) break;
		if (isWithin(name, 0, name.length, forward.from)) steps.push(exceptStep(forward, name));
	}
	if (place < 0) {
		steps.push(step('forward', 'no `forward` of the block takes the name: REFUSED', undefined));
		return steps;
	}
	let before = '';
	for (;;) {
		const forward = block.forwards[place];
		const { options } = forward;
		const text = `${before}${upstreamsText(forward, readText)}`;
		steps.push(step(`forward ${options.from}`, text, options.at, forwardSettings(options, written)));
		const following = forwardAfter(block, place, name, name.length);
		if (forward.next.size === 0 || following < 0) return steps;
		before = `after ${[...forward.next].map(rcodeName).join(' or ')}: `;
		place = following;
	}
}

function exceptStep({ except, options }: Forward, name: Uint8Array): Step {
	const zone = except.find((each) => isWithin(name, 0, name.length, each));
	const text =
		zone === undefined ? 'does not take the name' : `does not take the name: except ${nameToText(zone)}`;
	return step(`forward ${options.from}`, text, options.at);
}

const policyText: Readonly<Record<Forward['policy'], string>> = {
	random: 'one at random first, then the others that are up',
	round_robin: 'each first in its turn, then the others that are up',
	sequential: 'the first that is up',
};

function upstreamsText({ options, policy }: Forward, readText: ExplainContext['readText']): string {
	const upstreams = options.to.flatMap((target) => {
		if (target.kind !== 'resolv-conf') return [targetText(target)];
		const text = readText(target.path);
		const now = text === undefined ? ['cannot be read here'] : parseResolvConf(text);
		return [`${target.path} (now ${now.length > 0 ? now.join(' ') : 'without nameservers'})`];
	});
	const isOne = upstreams.length === 1 && options.to[0].kind !== 'resolv-conf';
	return `asks ${upstreams.join(' ')}${isOne ? '' : `: ${policyText[policy]}`}`;
}

function headerSteps(block: Block, written: SourceBlock): Step[] {
	return (['query', 'response'] as const).flatMap((side) => {
		if (side === 'query' && (block.whoami || block.forwards.length === 0)) return [];
		const effects = flagEffects(side, block[side], written);
		const text = effects.map(({ flag, effect }) => `${flag.toUpperCase()} ${effect}`).join('; ');
		const settings = effects
			.filter(({ origin }) => origin !== undefined)
			.map(({ flag, effect, origin }) => ({ directive: 'header', name: flag, value: effect, origin }));
		const to = side === 'query' ? 'to upstreams' : 'to the client';
		return [step(`header ${side}`, `${to}: ${text}`, settings[0]?.origin, settings)];
	});
}

function originOf(written: SourceBlock, directive: string): SourcePosition | undefined {
	return written.statements.findLast(({ name }) => name.text === directive)?.name.at;
}
