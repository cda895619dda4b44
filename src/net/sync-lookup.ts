/**
 * A `lookup` for dgram sockets that only ever see IP addresses. Node's own calls back in a later tick even
 * for a literal address, and until then bind, connect and send wait in a queue; with this one they happen
 * during the call.
 */
export function lookupLiteral(
	address: string,
	family: unknown,
	callback: (error: null, address: string, family: number) => void,
): void {
	callback(null, address, family as number);
}
