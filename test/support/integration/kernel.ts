import { readFile } from 'node:fs/promises';

/** What the kernel knows of a UDP port. */
export interface KernelUdp {
	readonly sockets: number;
	/** Datagrams that were dropped because the receive buffer was full. */
	readonly drops: number;
}

/** Reads /proc/net/udp; undefined where there is none. */
export async function kernelUdp(port: number): Promise<KernelUdp | undefined> {
	const text = await readFile('/proc/net/udp', 'utf8').catch(() => undefined);
	if (text === undefined) return undefined;
	const suffix = `:${port.toString(16).toUpperCase().padStart(4, '0')}`;
	const rows = text
		.split('\n')
		.slice(1)
		.map((line) => line.trim().split(/\s+/))
		.filter((fields) => fields[1]?.endsWith(suffix));
	return { sockets: rows.length, drops: rows.reduce((sum, fields) => sum + Number(fields.at(-1)), 0) };
}

/** Resident memory of a process, now and at most so far, in octets; undefined where /proc does not tell. */
export async function residentMemory(pid: number): Promise<{ now: number; most: number } | undefined> {
	const text = await readFile(`/proc/${pid}/status`, 'utf8').catch(() => undefined);
	const kibibytes = (field: string): number => Number(new RegExp(`${field}:\\s+(\\d+) kB`).exec(text!)?.[1]);
	return text === undefined ? undefined : { now: kibibytes('VmRSS') * 1024, most: kibibytes('VmHWM') * 1024 };
}
