import type { Clock } from '../util/clock.ts';
import { PetrelError } from '../util/errors.ts';
import { DgramTransport } from './dgram-transport.ts';
import { loadBinding } from './native/binding.ts';
import { NativeTransport } from './native/native-transport.ts';
import type { Steering, TransportName, UdpTransport } from './transport.ts';
import type { TransportCounters } from './transport-counters.ts';

export interface TransportChoice {
	readonly name: TransportName;
	/** Why it is not the native one, though that was not ruled out; undefined if there is nothing to say. */
	readonly reason: string | undefined;
}

/** Which transport to use. Throws `PETREL_TRANSPORT` if the native one is a must and is not to be had. */
export function chooseTransport(wanted: TransportName | 'auto'): TransportChoice {
	if (wanted === 'dgram') return { name: 'dgram', reason: undefined };
	const loaded = loadBinding();
	if (loaded.binding !== undefined) return { name: 'native', reason: undefined };
	if (wanted === 'auto') return { name: 'dgram', reason: loaded.reason };
	throw new PetrelError(
		'PETREL_TRANSPORT',
		`--transport native: ${loaded.reason}. Build it, or use --transport auto to do without`,
	);
}

export interface TransportOptions {
	readonly name: TransportName;
	readonly originMs: number;
	readonly clock: Clock;
	/** Nothing is counted unless given. */
	readonly counters?: TransportCounters;
	/** By flow unless given. */
	readonly steering?: Steering;
	/** Yes unless given. */
	readonly trains?: boolean;
	/** Sockets that share each port; 1 unless given. */
	readonly shards?: number;
}

/** Opens the transport that `chooseTransport` chose, for the shard of this thread. */
export function openTransport({ name, ...options }: TransportOptions): UdpTransport {
	if (name === 'dgram') return new DgramTransport(options.clock, options.counters);
	const { binding } = loadBinding();
	if (binding === undefined)
		throw new PetrelError('PETREL_TRANSPORT', 'the native addon is not there any more');
	return new NativeTransport({ ...options, binding });
}
