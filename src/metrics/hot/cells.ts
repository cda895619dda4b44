/**
 * Adds to a cell. All counting goes through here, whole numbers and durations alike, and that is on purpose: V8 adds
 * whole numbers that it keeps as floats by way of integers, with checks that take longer than the sum, unless it has
 * seen fractions at the same place in the code.
 */
export function addTo(cells: Float64Array, at: number, amount: number): void {
	cells[at] += amount;
}
