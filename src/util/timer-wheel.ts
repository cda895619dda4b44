/**
 * Deadlines by the thousand, set and cancelled in constant time. A wheel of slots, each a ring of timers; time moves
 * only by `advance`. Resolution is `tickMs`: a timer runs up to one tick late, never early. A timer further away than
 * one turn of the wheel stays in its slot for another turn.
 */
const slotCount = 1024;
export const tickMs = 10;

/** Something that runs at a time. Belongs to one wheel at most; extend it and implement `due`. */
export abstract class Timer {
	/** Managed by the wheel: when it runs, and its neighbours in the ring. */
	dueTick = -1;
	previous: Timer | undefined;
	next: Timer | undefined;

	abstract due(nowMs: number): void;
}

class Ring extends Timer {
	constructor() {
		super();
		this.previous = this;
		this.next = this;
	}

	due(): void {}
}

export class TimerWheel {
	readonly #slots: Ring[] = Array.from({ length: slotCount }, () => new Ring());
	#tick: number;
	#count = 0;

	constructor(nowMs: number) {
		this.#tick = Math.floor(nowMs / tickMs);
	}

	/** When `advance` should be called next: within a tick while any timer is set, else Infinity. */
	nextDeadlineMs(): number {
		return this.#count === 0 ? Number.POSITIVE_INFINITY : (this.#tick + 1) * tickMs;
	}

	/**
	 * Sets a timer unless it is set for that time or an earlier one: for those who look, when it runs, whether it is time.
	 */
	setAtLatest(timer: Timer, dueMs: number, nowMs: number): void {
		if (timer.dueTick < 0 || timer.dueTick > Math.ceil(dueMs / tickMs)) this.set(timer, dueMs, nowMs);
	}

	/** Sets a timer, or moves it if it is set. What is due already runs at the next `advance`. */
	set(timer: Timer, dueMs: number, nowMs: number): void {
		this.cancel(timer);
		// A wheel at rest does not turn: without this the next `advance` would walk all the time in between.
		if (this.#count === 0) this.#tick = Math.max(this.#tick, Math.floor(nowMs / tickMs));
		timer.dueTick = Math.max(this.#tick + 1, Math.ceil(dueMs / tickMs));
		const ring = this.#slots[timer.dueTick % slotCount];
		timer.previous = ring.previous;
		timer.next = ring;
		ring.previous!.next = timer;
		ring.previous = timer;
		this.#count++;
	}

	cancel(timer: Timer): void {
		if (timer.dueTick < 0) return;
		timer.dueTick = -1;
		timer.previous!.next = timer.next;
		timer.next!.previous = timer.previous;
		timer.previous = undefined;
		timer.next = undefined;
		this.#count--;
	}

	/** Runs every timer that is due at `nowMs`, in order of their ticks. */
	advance(nowMs: number): void {
		const target = Math.floor(nowMs / tickMs);
		if (this.#count === 0) this.#tick = Math.max(this.#tick, target);
		while (this.#tick < target) {
			this.#tick++;
			this.#runSlot(nowMs);
			if (this.#count === 0) this.#tick = target;
		}
	}

	#runSlot(nowMs: number): void {
		const ring = this.#slots[this.#tick % slotCount];
		let timer = ring.next!;
		while (timer !== ring) {
			if (timer.dueTick > this.#tick) {
				timer = timer.next!;
				continue;
			}
			this.cancel(timer);
			timer.due(nowMs);
			// What ran may have changed the ring: begin anew. Every timer that ran has left it.
			timer = ring.next!;
		}
	}
}
