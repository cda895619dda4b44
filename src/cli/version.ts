import { readFileSync } from 'node:fs';
import { chooseTransport } from '../net/open-transport.ts';
import { packageRoot } from '../util/package-root.ts';

export function packageVersion(): string {
	const text = readFileSync(new URL('package.json', packageRoot()), 'utf8');
	return (JSON.parse(text) as { version: string }).version;
}

/** "petrel 0.1.0 (Node.js 26.10.0, linux-x64, transport native)": the first line of a bug report. */
export function versionText(): string {
	const { node } = process.versions;
	const { name, reason } = chooseTransport(process.env.PETREL_TRANSPORT === 'dgram' ? 'dgram' : 'auto');
	const transport = reason ? `${name}: ${reason}` : name;
	return `petrel ${packageVersion()} (Node.js ${node}, ${process.platform}-${process.arch}, transport ${transport})`;
}
