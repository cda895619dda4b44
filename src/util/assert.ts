/** Checks what only a fault in petrel can break. Operating errors are values or `PetrelError`s, never assertions. */
export function assert(condition: boolean, message: string): asserts condition {
	if (!condition) throw new Error(`assertion failed: ${message}`);
}
