import type { Alarm } from '../alarm.ts';
import type { NativeBinding, NativeHandle } from './binding.ts';
import type { NativeHost, NativeSocketOwner } from './native-socket.ts';

/** An alarm over the native addon: a timer of the kernel. Setting it is one system call, or none if it is set so already. */
export class NativeAlarm implements Alarm, NativeSocketOwner {
	readonly handle: NativeHandle;
	readonly #host: NativeHost;
	readonly #binding: NativeBinding;
	readonly #onAlarm: () => void;
	/** Infinity: it is not to ring. */
	#atMs = Number.POSITIVE_INFINITY;
	#closed = false;

	constructor(host: NativeHost, binding: NativeBinding, handle: NativeHandle, onAlarm: () => void) {
		this.handle = handle;
		this.#host = host;
		this.#binding = binding;
		this.#onAlarm = onAlarm;
	}

	set(atMs: number): void {
		if (this.#closed || atMs === this.#atMs) return;
		this.#binding.setAlarm(this.handle, atMs);
		this.#atMs = atMs;
	}

	clear(): void {
		this.set(Number.POSITIVE_INFINITY);
	}

	deliver(): void {
		this.#atMs = Number.POSITIVE_INFINITY;
		this.#onAlarm();
	}

	/** Of sockets only. */
	failed(): void {}

	close(): void {
		if (this.#closed) return;
		this.#closed = true;
		this.#host.forget(this);
	}
}
