import { styleText } from 'node:util';
import type { Model, SourcePosition } from '../../config/model.ts';
import type { SourceBlock } from '../../config/syntax.ts';
import { typeName } from '../../wire/iana.ts';
import { nameToText } from '../../wire/presentation.ts';
import { placeText } from '../place.ts';
import type { Explanation, Question } from './question.ts';
import { type Setting, settingsOf } from './settings.ts';

type Row = readonly [label: string, text: string, origin: string];

/** Longer texts do not push the origins of all others away. */
const textWidthMax = 64;

/** The effective configuration: a table for each block. */
export function configurationText(model: Model, written: readonly SourceBlock[]): string {
	const parts = model.blocks.map((block, number) => {
		const keys = block.keys.map(({ zone, port }) => `${zone} port ${port}`).join(', ');
		const rows = settingsOf(block, written[number]).map(settingRow);
		return `${title(`${placeText(block.at)} ${keys}`)}\n${table(rows)}`;
	});
	return parts.join('\n');
}

/** The way of a question, for each place where the answer is another. */
export function explanationText(question: Question, explanations: readonly Explanation[]): string {
	const asked = `${nameToText(question.name)} ${typeName(question.type)}`;
	const from = question.client === undefined ? '' : ` from ${question.client}`;
	return explanations
		.map((explanation) => {
			const { listeners, block, zone, why, refused, steps } = explanation;
			const rows: Row[] = [];
			if (block) rows.push(['block', `${zone} (${why})`, placeText(block)]);
			if (refused) rows.push(['answer', `${refused.rcode}: ${block ? refused.why : why}`, '']);
			for (const { directive, text, origin, settings } of steps) {
				rows.push([directive, text, origin ? placeText(origin) : '']);
				for (const setting of settings) rows.push(indented(setting));
			}
			return `${title(`${asked}${from} at ${listeners.join(' ')}`)}\n${table(rows)}`;
		})
		.join('\n');
}

function title(text: string): string {
	return styleText('bold', text, { stream: process.stdout });
}

function settingRow({ directive, name, value, origin }: Setting): Row {
	const label = name === 'line' ? directive : `${directive} ${name}`;
	return [label, value, originText(origin)];
}

function indented({ name, value, origin }: Setting): Row {
	return [`  ${name}`, value, originText(origin)];
}

function originText(origin: SourcePosition | undefined): string {
	return origin === undefined ? 'default' : placeText(origin);
}

function table(rows: readonly Row[]): string {
	const labelWidth = Math.max(0, ...rows.map(([label]) => label.length));
	const textWidth = Math.min(textWidthMax, Math.max(0, ...rows.map(([, text]) => text.length)));
	return rows
		.map(([label, text, origin]) =>
			`  ${label.padEnd(labelWidth)}  ${text.padEnd(textWidth)}  ${origin}`.trimEnd(),
		)
		.map((line) => `${line}\n`)
		.join('');
}
