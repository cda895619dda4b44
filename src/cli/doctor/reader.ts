/** All that `petrel doctor` looks at, so that tests can show it other machines. */
import { readdirSync, readFileSync, readlinkSync } from 'node:fs';
import { networkInterfaces } from 'node:os';
import type { Interfaces } from '../../net/addresses.ts';
import { loadBinding } from '../../net/native/binding.ts';
import { type Machine, thisMachine } from '../../server/worker-count.ts';

export interface MachineReader {
	readonly nodeVersion: string;
	readonly platform: string;
	readonly arch: string;
	/** Undefined where users have no numbers. */
	readonly uid: number | undefined;
	readonly env: Readonly<Record<string, string | undefined>>;
	readonly interfaces: Interfaces;
	readonly resources: Machine;
	/** Why the native addon cannot be used; undefined if it can. */
	readonly addonFault: string | undefined;
	/** Undefined for what is not there, or not permitted; so for the next two. */
	readText(path: string): string | undefined;
	readNames(path: string): readonly string[] | undefined;
	readLink(path: string): string | undefined;
}

export function thisReader(): MachineReader {
	const loaded = loadBinding();
	return {
		nodeVersion: process.versions.node,
		platform: process.platform,
		arch: process.arch,
		uid: process.getuid?.(),
		env: process.env,
		interfaces: networkInterfaces(),
		resources: thisMachine(),
		addonFault: loaded.binding === undefined ? loaded.reason : undefined,
		readText: (path) => attempt(() => readFileSync(path, 'utf8')),
		readNames: (path) => attempt(() => readdirSync(path)),
		readLink: (path) => attempt(() => readlinkSync(path)),
	};
}

function attempt<Value>(read: () => Value): Value | undefined {
	try {
		return read();
	} catch {
		return undefined;
	}
}
