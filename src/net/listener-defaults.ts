/** The receive buffer to ask the kernel for; it grants up to net.core.rmem_max, or more to the privileged. */
export const wantedReceiveBufferBytes = 4 * 1024 * 1024;

/** Clients of one listener to whom a reply can be owed at once. */
export const defaultRetainedClients = 16_384;
