/**
 * HDR histograms of microseconds, by hdr-histogram-js. Values are counted by its WebAssembly, a fifth of the time that its
 * JavaScript takes; what is kept is kept in its own compact encoding, and read by its JavaScript.
 */
import {
	build,
	decodeFromCompressedBase64,
	encodeIntoCompressedBase64,
	type Histogram,
	initWebAssemblySync,
	WasmHistogram,
} from 'hdr-histogram-js';

/** Longer than any timeout may be. */
export const maxValueUs = 600_000_000;
/** To a thousandth of each value. */
const significantDigits = 3;

/** A histogram that counts. It lives in WebAssembly's memory until `destroy`. */
export function countingHistogram(): WasmHistogram {
	if (!wasmIsReady) initWebAssemblySync();
	wasmIsReady = true;
	return WasmHistogram.build({
		lowestDiscernibleValue: 1,
		highestTrackableValue: maxValueUs,
		numberOfSignificantValueDigits: significantDigits,
		bitBucketSize: 64,
		autoResize: false,
		useWebAssembly: true,
	});
}

let wasmIsReady = false;

/** Counts a value; what is out of range counts as its end. */
export function recordUs(histogram: WasmHistogram, valueUs: number): void {
	histogram.recordValue(valueUs < 1 ? 1 : valueUs > maxValueUs ? maxValueUs : valueUs);
}

/** As text, to be kept: a few hundred octets. */
export function packHistogram(histogram: Histogram): string {
	return encodeIntoCompressedBase64(histogram);
}

export function unpackHistogram(packed: string): Histogram {
	return decodeFromCompressedBase64(packed, 64, false);
}

/** An empty histogram to add others to. */
export function emptyHistogram(): Histogram {
	return build({
		lowestDiscernibleValue: 1,
		highestTrackableValue: maxValueUs,
		numberOfSignificantValueDigits: significantDigits,
		bitBucketSize: 64,
		autoResize: false,
		useWebAssembly: false,
	});
}
