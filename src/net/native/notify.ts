import { loadBinding } from './binding.ts';

/**
 * Sends a message to the Unix datagram socket at `path`. Returns false where the addon is not to be had; throws the
 * system's error where nobody receives.
 */
export function sendToUnixSocket(path: string, message: string): boolean {
	const { binding } = loadBinding();
	if (!binding) return false;
	binding.notify(path, message);
	return true;
}
