import type { Behaviour } from './behaviour.ts';
import { findEffect, labelLetters } from './labels.ts';
import { OctetKey, OctetTable } from './octet-table.ts';
import { type QuickPlan, quickPlan } from './quick-plan.ts';

/** Steps that are remembered. Whoever asks for a new label each time makes them begin anew, and pays for reading it. */
const maxSteps = 4096;
const maxStepBytes = maxSteps * 72;
/** A name has no more (RFC 1035 §2.3.4). */
const maxLabels = 127;
const end = -1;

const lettersMax = Math.max(...[...labelLetters].map((letters) => letters.length));

/**
 * What the first labels of names ask for, as `readName` reads them, without reading the same labels again: a walk over
 * states. A state is what the labels so far come to; state 0 is no label at all.
 *
 *   ttl30.nx.www.example:   0 ─ ttl30 → 1 ─ nx → 2 ─ www → end: the name asks for what state 2 says
 */
export class LabelStates {
	readonly #plans: QuickPlan[];
	readonly #behaviours: Readonly<Behaviour>[];
	/** A step by its key: the state it starts from, a word, and the label. */
	readonly #steps = new OctetTable({ maxKeys: maxSteps, maxBytes: maxStepBytes });
	readonly #next = new Int32Array(maxSteps);
	readonly #key = new OctetKey();
	/** Letters that labels begin with. */
	readonly #letters = new OctetTable({
		maxKeys: labelLetters.size,
		maxBytes: labelLetters.size * lettersMax * 2,
	});

	constructor(base: Readonly<Behaviour>) {
		this.#behaviours = [base];
		this.#plans = [quickPlan(base)];
		for (const letters of labelLetters) {
			this.#key.set(Buffer.from(letters), 0, letters.length);
			this.#letters.add(this.#key);
		}
	}

	/** What a name in lower case asks for. */
	read(qname: Uint8Array): QuickPlan {
		this.#forgetIfFull();
		let state = 0;
		for (let position = 0; qname[position] !== 0; ) {
			const labelBytes = qname[position];
			if (!this.#mayBeLabel(qname, position + 1, labelBytes)) break;
			const next = this.#step(state, qname, position + 1, labelBytes);
			if (next === end) break;
			state = next;
			position += labelBytes + 1;
		}
		return this.#plans[state];
	}

	/** Letters that a row has, and then nothing or a digit: most names are told apart by this. */
	#mayBeLabel(qname: Uint8Array, start: number, length: number): boolean {
		let letters = 0;
		while (letters < length && isLetter(qname[start + letters])) letters++;
		if (letters === 0 || letters > lettersMax) return false;
		if (letters < length && !isDigit(qname[start + letters])) return false;
		this.#key.set(qname, start, letters);
		return this.#letters.find(this.#key) >= 0;
	}

	#step(state: number, qname: Uint8Array, start: number, length: number): number {
		const key = this.#key;
		key.words[0] = state;
		for (let i = 0; i < length; i++) key.octets[4 + i] = qname[start + i];
		key.seal(4 + length);
		const step = this.#steps.find(key);
		return step >= 0
			? this.#next[step]
			: this.#learn(state, String.fromCharCode(...qname.subarray(start, start + length)));
	}

	#learn(state: number, label: string): number {
		const effect = findEffect(label);
		let next = end;
		if (effect) {
			const behaviour = { ...this.#behaviours[state] };
			effect(behaviour);
			next = this.#behaviours.push(behaviour) - 1;
			this.#plans.push(quickPlan(behaviour));
		}
		const step = this.#steps.add(this.#key);
		if (step >= 0) this.#next[step] = next;
		return next;
	}

	/** Forgets all steps if one more name could need more than there is room for. */
	#forgetIfFull(): void {
		if (this.#steps.size < maxSteps - maxLabels) return;
		this.#steps.clear();
		this.#behaviours.length = 1;
		this.#plans.length = 1;
	}
}

function isLetter(octet: number): boolean {
	return octet >= 0x61 && octet <= 0x7a;
}

function isDigit(octet: number): boolean {
	return octet >= 0x30 && octet <= 0x39;
}
