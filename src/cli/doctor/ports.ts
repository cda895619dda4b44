/** Who has the ports that petrel wants. */
import { isWildcard, localAddresses } from '../../net/addresses.ts';
import { hostPort } from '../../net/bind-error.ts';
import { type Check, type Examine, note, ok, problem } from './finding.ts';
import type { MachineReader } from './reader.ts';
import { type ListeningSocket, listeningSockets, ownerOf, socketsAt } from './sockets.ts';

const dnsPort = 53;
const shownMax = 4;

/** Addresses that `bind` names must be this machine's; an interface may come later. */
export const examineAddresses: Examine = ({ reader, endpoints, unknown }) => {
	const own = localAddresses(reader.interfaces);
	const named = [...new Set(endpoints.map(({ address }) => address))];
	const missing = named.filter((address) => !isWildcard(address) && !own.includes(address));
	return [
		...missing.map((address) =>
			problem(
				'bind-address',
				`${address} is no address of this machine`,
				`bind another, or add it first: ip address add ${address} dev lo`,
			),
		),
		...unknown.map((name) =>
			note('bind-address', `there is no interface ${name} now`, 'petrel binds its addresses when it comes'),
		),
	];
};

export const examineDnsPorts: Examine = ({ reader, endpoints }) => {
	if (reader.readText('/proc/net/udp') === undefined) {
		return [
			note(
				'dns-ports',
				'who has which port cannot be seen here',
				'ask the system, for example with `lsof -i :53`',
			),
		];
	}
	const sockets = listeningSockets(reader);
	const wanted = endpoints.filter(({ port }) => port !== 0);
	if (wanted.length === 0) return [port53(sockets, reader)];
	const taken = wanted.flatMap(({ address, port }) => socketsAt(sockets, address, port));
	const all = wanted.map(({ address, port }) => hostPort(address, port));
	return [portsCheck('dns-ports', short(all), taken, reader, 'stop it, or `bind` other addresses')];
};

/** Without a Corefile nothing is wanted yet, but this is what most will want. */
function port53(sockets: readonly ListeningSocket[], reader: MachineReader): Check {
	const taken = sockets.filter(({ port }) => port === dnsPort);
	if (taken.length === 0) return ok('dns-ports', 'port 53 is free on every address');
	const text = `port 53: ${short(taken.map((socket) => takenText(socket, reader)))}`;
	return note('dns-ports', text, 'give the Corefile a `bind` with other addresses');
}

export const examineHttpPorts: Examine = ({ reader, model }) => {
	const sockets = listeningSockets(reader).filter(({ protocol }) => protocol === 'TCP');
	return (['health', 'ready', 'prometheus'] as const).flatMap((what) => {
		const places = new Map(
			(model?.blocks ?? []).flatMap((block) => {
				const settings = block[what];
				if (settings === undefined || settings.port === 0) return [];
				const address = settings.address === 'localhost' ? '127.0.0.1' : settings.address;
				return [[hostPort(address, settings.port), { address, port: settings.port }] as const];
			}),
		);
		return [...places].map(([text, { address, port }]) =>
			portsCheck(
				`${what}-port`,
				text,
				socketsAt(sockets, address, port),
				reader,
				`give \`${what}\` another port`,
			),
		);
	});
};

function portsCheck(
	id: string,
	wanted: string,
	taken: readonly ListeningSocket[],
	reader: MachineReader,
	todo: string,
): Check {
	if (taken.length === 0) return ok(id, `${wanted} is free`);
	const owners = taken.map(({ inode }) => ownerOf(inode, reader));
	if (owners.every((owner) => owner?.isPetrel))
		return ok(id, `${wanted}: petrel has it (pid ${owners[0]?.pid})`);
	return problem(id, `${wanted}: ${short(taken.map((socket) => takenText(socket, reader)))}`, todo);
}

function takenText({ protocol, address, port, inode }: ListeningSocket, reader: MachineReader): string {
	const owner = ownerOf(inode, reader);
	const who = owner === undefined ? 'a process of somebody else' : `${owner.name} (pid ${owner.pid})`;
	return `${who} has ${protocol} ${hostPort(address, port)}`;
}

function short(texts: readonly string[]): string {
	const each = [...new Set(texts)];
	const more = each.length > shownMax ? ` and ${each.length - shownMax} more` : '';
	return `${each.slice(0, shownMax).join(', ')}${more}`;
}
