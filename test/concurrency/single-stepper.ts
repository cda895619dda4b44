/**
 * Runs real, synchronous functions one memory access at a time, in every order.
 *
 * A function cannot be stopped in its middle, but it can be run again: `Atomics` is replaced for the time of a run, a
 * process's earlier accesses are answered from its record, the next one is done for real, and the one after that ends
 * the run by throwing. A process is thus its function and its record. `explore` walks all states that processes over
 * one memory can reach, depth first, each once.
 *
 * One access at a time means sequential consistency: what a weakly ordered processor may do besides is not seen here.
 */

/** One access of a process: what it did and what it got. */
interface Access {
	/** "compareExchange 1,0,257": what was done, with its operands behind the array. */
	readonly name: string;
	readonly result: number;
	/** The whole memory just before. */
	readonly before: string;
}

export interface ProcessSpec {
	readonly name: string;
	/** Accesses after which the process does nothing more: it was killed. */
	readonly diesAfter?: number;
	/** Does its work by `Atomics` and `Memory`; anything else about it must follow from what those return. */
	run(memory: Memory): string;
	/** Whether it may start: looked at while it has not made a step. */
	mayStart?(processes: readonly Process[]): boolean;
	/**
	 * How many of its last accesses were a round of a loop that waits for others and changed nothing. They are struck
	 * off its record, and it does not go on before the memory is another than the round began with.
	 */
	isSpinning?(names: readonly string[], next: string): number;
}

export interface Process {
	readonly spec: ProcessSpec;
	readonly record: readonly Access[];
	/** What `run` returned; undefined while it has not. */
	readonly result: string | undefined;
	readonly killed: boolean;
	/** It waits for a change of the memory from this. */
	readonly waitsOn: string | undefined;
}

/** Plain reads and writes of the processes, stepped like the atomic ones. */
export interface Memory {
	peek(index: number): number;
	poke(index: number, value: number): void;
}

export interface Exploration {
	readonly states: number;
	/** Every result that a process ended with, and how often over all last states: "reader: 1,1". */
	readonly outcomes: ReadonlyMap<string, number>;
	/** Faults that `run` reported by throwing, or last states in which somebody is stuck. */
	readonly faults: readonly string[];
}

const paused = Symbol('paused');
const realAtomics = { ...Object.fromEntries(names().map((name) => [name, Atomics[name]])) } as Pick<
	typeof Atomics,
	StepName
>;

type StepName = 'load' | 'store' | 'add' | 'compareExchange';

function names(): StepName[] {
	return ['load', 'store', 'add', 'compareExchange'];
}

/** One run of a process: replays its record, then makes one access, then stops. */
class Run implements Memory {
	readonly accesses: Access[];
	readonly #words: Int32Array;
	#replayed = 0;
	#stepsLeft = 1;
	next = '';

	constructor(words: Int32Array, record: readonly Access[]) {
		this.#words = words;
		this.accesses = [...record];
	}

	access(name: string, perform: () => number): number {
		if (this.#replayed < this.accesses.length) return this.accesses[this.#replayed++].result;
		if (this.#stepsLeft === 0) {
			this.next = name;
			throw paused;
		}
		this.#stepsLeft--;
		const before = this.#words.join();
		const result = perform();
		this.accesses.push({ name, result, before });
		this.#replayed++;
		return result;
	}

	peek(index: number): number {
		return this.access(`peek ${index}`, () => this.#words[index]);
	}

	poke(index: number, value: number): void {
		this.access(`poke ${index}`, () => (this.#words[index] = value));
	}
}

function step(process: Process, words: Int32Array): Process {
	const run = new Run(words, process.record);
	for (const name of names()) {
		const real = realAtomics[name] as (...operands: unknown[]) => number;
		const stepped = (...operands: unknown[]): number => {
			return run.access(`${name} ${operands.slice(1).join()}`, () => real(...operands));
		};
		Object.assign(Atomics, { [name]: stepped });
	}
	try {
		const result = process.spec.run(run);
		return { ...process, record: run.accesses, result };
	} catch (thrown) {
		if (thrown !== paused) throw thrown;
	} finally {
		Object.assign(Atomics, realAtomics);
	}
	const killed = run.accesses.length === process.spec.diesAfter;
	const made = run.accesses.map(({ name }) => name);
	const idle = process.spec.isSpinning?.(made, run.next) ?? 0;
	if (idle === 0) return { ...process, record: run.accesses, killed, waitsOn: undefined };
	const waitsOn = run.accesses.at(-idle)!.before;
	return { ...process, record: run.accesses.slice(0, -idle), killed, waitsOn };
}

/** Walks every order of the processes' accesses over `initial`. `words` is the memory that the processes use. */
export function explore(
	words: Int32Array,
	initial: readonly number[],
	specs: readonly ProcessSpec[],
): Exploration {
	const seen = new Set<string>();
	const outcomes = new Map<string, number>();
	const faults: string[] = [];
	const visit = (memory: readonly number[], processes: readonly Process[]): void => {
		const key = `${memory.join()}|${processes.map(stateOf).join('|')}`;
		if (seen.has(key)) return;
		seen.add(key);
		let moved = false;
		for (const [index, process] of processes.entries()) {
			if (!isRunnable(process, processes, memory)) continue;
			moved = true;
			words.set(memory);
			try {
				const after = step(process, words);
				visit([...words], processes.with(index, after));
			} catch (thrown) {
				faults.push(String(thrown instanceof Error ? thrown.message : thrown));
			}
		}
		if (moved) return;
		for (const { spec, result, killed } of processes) {
			if (result === undefined && !killed) faults.push(`${spec.name} is stuck`);
			const outcome = `${spec.name}: ${result ?? (killed ? 'killed' : 'stuck')}`;
			outcomes.set(outcome, (outcomes.get(outcome) ?? 0) + 1);
		}
	};
	const idle = { record: [], result: undefined, waitsOn: undefined };
	visit(
		initial,
		specs.map((spec) => ({ ...idle, spec, killed: spec.diesAfter === 0 })),
	);
	return { states: seen.size, outcomes, faults: [...new Set(faults)] };
}

function stateOf({ record, result, killed, waitsOn }: Process): string {
	return `${record.map((access) => access.result).join()};${result ?? ''};${killed};${waitsOn ?? ''}`;
}

function isRunnable(process: Process, processes: readonly Process[], memory: readonly number[]): boolean {
	if (process.killed || process.result !== undefined || process.waitsOn === memory.join()) return false;
	return process.record.length > 0 || process.spec.mayStart === undefined || process.spec.mayStart(processes);
}
