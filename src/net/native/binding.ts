/**
 * The native addon (native/): batched UDP for one event loop. This is the only file that loads it. Its memory is laid out
 * and explained in native/petrel_udp.h.
 */
import { createRequire } from 'node:module';
import { fileURLToPath } from 'node:url';
import { messageOf } from '../../util/errors.ts';
import { packageRoot } from '../../util/package-root.ts';

/** Where each part of the shared memory begins, in octets, and how long its parts are. */
export interface NativeLayout {
	readonly batchSlots: number;
	readonly outSlots: number;
	readonly rxStride: number;
	readonly txStride: number;
	readonly addressWords: number;
	readonly failedMax: number;
	readonly countKinds: number;
	readonly timesAt: number;
	readonly countsAt: number;
	readonly failedAt: number;
	readonly rxLengthAt: number;
	readonly rxAddressAt: number;
	readonly rxAt: number;
	readonly txLengthAt: number;
	readonly txAt: number;
	readonly outLengthAt: number;
	readonly outSocketAt: number;
	readonly outAddressAt: number;
	readonly outAt: number;
}

/** A socket or an alarm of the addon: a positive integer, not given out twice for a long time. */
export type NativeHandle = number;

/** Values of `steer`'s second argument. */
export const nativeSteering = { flow: 0, random: 1, cpu: 2 } as const;

/** Indexes of `counts` in the shared memory. */
export const nativeCount = { oversize: 0, unanswerable: 1, sendErrors: 2, all: 3 } as const;

/** What the addon exports. Calls that fail throw an error with the system's code (`EADDRINUSE`, ...). */
export interface NativeBinding {
	/**
	 * Once an environment. With `trains`, messages of one length to one address go through the kernel together (UDP_SEGMENT,
	 * native/send.c). `onBatch(handle, count)` is one turn: `count` datagrams in the rx slots, or below 0 an errno
	 * of the socket, or 0, and the alarm rings.
	 */
	attach(
		originMs: number,
		trains: boolean,
		onBatch: (handle: NativeHandle, count: number) => void,
	): { memory: ArrayBuffer; layout: NativeLayout };
	openListener(
		address: string,
		port: number,
		receiveBufferBytes: number,
		reusePort: boolean,
	): { handle: NativeHandle; port: number; receiveBufferBytes: number };
	/**
	 * Connected, on a port of the kernel's choice, which it returns; reads from the start.
	 * @param receiveBufferBytes 0: as the system has it
	 */
	openUpstream(
		address: string,
		port: number,
		receiveBufferBytes: number,
	): { handle: NativeHandle; port: number };
	start(handle: NativeHandle): void;
	close(handle: NativeHandle): void;
	/** Sends the first `messages` of the out slots; returns how many pairs stand in `failed`. */
	flush(messages: number): number;
	steer(handle: NativeHandle, steering: number, shards: number): void;
	drops(handle: NativeHandle): number;
	/** A timer that is not set; only while it is set does it keep the event loop running. */
	openAlarm(): NativeHandle;
	/** @param atMs of the clock that began at `originMs`; Infinity: it does not ring */
	setAlarm(handle: NativeHandle, atMs: number): void;
	readClock(): void;
	/** Sends a datagram to a Unix socket (`@…`: an abstract name), at most 1023 octets; see native/notify.h. */
	notify(path: string, message: string): void;
}

export type LoadedBinding =
	| { readonly binding: NativeBinding }
	/** Why there is none, in words that go on after "node:dgram is used: ". */
	| { readonly binding: undefined; readonly reason: string };

/** Another build of the addon than the checkout's or the package's own. */
const addonVariable = 'PETREL_NATIVE_ADDON';
const nativeDirectory = fileURLToPath(new URL('native', packageRoot()));

let loaded: LoadedBinding | undefined;

/** Loads the addon, once a thread. */
export function loadBinding(): LoadedBinding {
	loaded ??= load();
	return loaded;
}

function load(): LoadedBinding {
	const require = createRequire(import.meta.url);
	const named = process.env[addonVariable];
	try {
		return { binding: named ? require(named) : require('node-gyp-build')(nativeDirectory) };
	} catch (thrown) {
		const [first] = messageOf(thrown).split('\n', 1);
		const none = first.startsWith('No native build was found');
		return {
			binding: undefined,
			reason: none ? 'the native addon is not built (npm run build:native)' : `the native addon: ${first}`,
		};
	}
}
