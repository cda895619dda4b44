/**
 * Which transport the servers of a test use. `PETREL_TRANSPORT` says it, as it does to petrel: the whole run goes over the
 * native addon where that is built, and what touches sockets once more over node:dgram (test/run.ts).
 */
import { chooseTransport } from '../../src/net/open-transport.ts';
import type { TransportName } from '../../src/net/transport.ts';

export const wantedTransport = (process.env.PETREL_TRANSPORT ?? 'auto') as TransportName | 'auto';

export const { name: transportInUse, reason: whyNotNative } = chooseTransport(wantedTransport);

/** For `skip`: why a test of what only the native transport can do is not run; false if it is. */
export const needsNative: string | false =
	transportInUse === 'native'
		? false
		: (whyNotNative ?? 'over node:dgram: only the native transport can do it');

/** Settings of the test's own environment that go on to the petrels that it starts. */
const passedOn = ['PETREL_TRANSPORT', 'PETREL_NATIVE_ADDON'];

/** The environment of a process without settings of petrel's, but for those that choose its transport. */
export function withoutSettings(environment: NodeJS.ProcessEnv): NodeJS.ProcessEnv {
	const kept = ([name]: [string, unknown]): boolean => !name.startsWith('PETREL_') || passedOn.includes(name);
	return Object.fromEntries(Object.entries(environment).filter(kept));
}
