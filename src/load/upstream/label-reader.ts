import { PetrelError } from '../../util/errors.ts';
import type { Behaviour } from './behaviour.ts';
import { findEffect } from './labels.ts';

/**
 * `base` changed by labels written one after the other, with dots or blanks between them: "delay20ms.ttl5 nx". A dot
 * between digits is a decimal point: "loss0.5".
 * Throws a `PetrelError` that names the label it does not know.
 */
export function parseBehaviour(text: string, base: Readonly<Behaviour>): Behaviour {
	const behaviour = { ...base };
	for (const label of text.split(/\s+|(?<!\d)\.+|\.+(?!\d)/)) {
		if (label === '') continue;
		const effect = findEffect(label.toLowerCase());
		if (!effect) {
			throw new PetrelError(
				'PETREL_CONFIG',
				`"${label}" is not a behaviour of the scripted upstream; write labels such as ttl30, nx or delay200ms`,
			);
		}
		effect(behaviour);
	}
	return behaviour;
}

/** What the leftmost labels of a name ask for. */
export interface NameReading {
	readonly behaviour: Readonly<Behaviour>;
	/** The labels that were understood, in lower case. */
	readonly labels: readonly string[];
}

const noLabels: readonly string[] = [];

/**
 * Reads the labels of a name from the left until one is not a behaviour. Later labels win over earlier ones.
 *
 * @param qname wire form, lower case
 */
export function readName(qname: Uint8Array, base: Readonly<Behaviour>): NameReading {
	let behaviour: Behaviour | undefined;
	const labels: string[] = [];
	for (let position = 0; qname[position] !== 0; ) {
		const next = position + qname[position] + 1;
		let label = '';
		for (let i = position + 1; i < next; i++) label += String.fromCharCode(qname[i]);
		const effect = findEffect(label);
		if (!effect) break;
		behaviour ??= { ...base };
		effect(behaviour);
		labels.push(label);
		position = next;
	}
	return behaviour ? { behaviour, labels } : { behaviour: base, labels: noLabels };
}
