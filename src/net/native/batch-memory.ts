import type { DatagramSlots } from '../datagram-slots.ts';
import type { NativeLayout } from './binding.ts';

/** What of the addon's memory JavaScript reads and writes, as typed arrays. native/petrel_udp.h says who owns which. */
export class BatchMemory {
	readonly layout: NativeLayout;
	/** Milliseconds since the origin: [start of the turn, the last `readClock`]. */
	readonly times: Float64Array;
	readonly counts: Uint32Array;
	/** Pairs of handle and errno. */
	readonly failed: Int32Array;
	readonly rx: DatagramSlots;
	/** Who sent each datagram: `addressWords` a slot. */
	readonly rxAddresses: Int32Array;
	readonly tx: DatagramSlots;
	readonly outLength: Uint16Array;
	readonly outSocket: Int32Array;
	readonly outAddresses: Int32Array;
	readonly out: Uint8Array;

	constructor(memory: ArrayBuffer, layout: NativeLayout) {
		const { batchSlots, outSlots, rxStride, txStride, addressWords } = layout;
		this.layout = layout;
		this.times = new Float64Array(memory, layout.timesAt, 2);
		this.counts = new Uint32Array(memory, layout.countsAt, layout.countKinds);
		this.failed = new Int32Array(memory, layout.failedAt, 2 * layout.failedMax);
		this.rx = slots(memory, layout.rxAt, rxStride, layout.rxLengthAt, batchSlots);
		this.rxAddresses = new Int32Array(memory, layout.rxAddressAt, batchSlots * addressWords);
		this.tx = slots(memory, layout.txAt, txStride, layout.txLengthAt, batchSlots);
		this.outLength = new Uint16Array(memory, layout.outLengthAt, outSlots);
		this.outSocket = new Int32Array(memory, layout.outSocketAt, outSlots);
		this.outAddresses = new Int32Array(memory, layout.outAddressAt, outSlots * addressWords);
		this.out = new Uint8Array(memory, layout.outAt, outSlots * txStride);
	}
}

function slots(
	memory: ArrayBuffer,
	at: number,
	slotBytes: number,
	lengthAt: number,
	count: number,
): DatagramSlots {
	return {
		octets: new Uint8Array(memory, at, count * slotBytes),
		slotBytes,
		slots: count,
		length: new Uint16Array(memory, lengthAt, count),
	};
}
