/** Hosts of a dnsmasq.conf: /etc/hosts unless `no-hosts`, `addn-hosts` and `host-record`. */
import { isIP } from 'node:net';
import { normalizeZone } from '../../config/zone-name.ts';
import { messageOf } from '../../util/errors.ts';
import { type DirectiveText, quoteWord } from './corefile-writer.ts';
import type { DnsmasqPlan, HostRecord } from './dnsmasq-plan.ts';
import type { FileReader } from './dnsmasq-read.ts';
import { ttlOf } from './dnsmasq-records.ts';
import type { Origin, Remarks } from './remarks.ts';

const systemHosts = '/etc/hosts';
/** What is copied into a Corefile. A longer file is left where it is. */
const copiedMax = 500;

export interface Hosts {
	readonly directive: DirectiveText | undefined;
	/** All hosts that are known now. */
	readonly all: readonly HostRecord[];
}

export function hostsOf(plan: DnsmasqPlan, files: FileReader, remarks: Remarks): Hosts {
	const nowhere: Origin = { file: systemHosts, line: 1 };
	const sources = [
		...(plan.flags.has('no-hosts') ? [] : [{ value: systemHosts, at: nowhere }]),
		...plan.hostsFiles,
	];
	const [main, ...others] = sources;
	const records = plan.hostRecords.map((record) => withDomain(record, plan));
	const inMain = main ? readHosts(main.value, main.at, files, remarks, main.at !== nowhere) : [];
	const expanded = inMain
		.map((record) => ({ record, wide: withDomain(record, plan) }))
		.filter(({ record, wide }) => wide.names.length > record.names.length)
		.map(({ wide }) => wide);
	if (expanded.length > 0) {
		const at = plan.flags.get('expand-hosts')!;
		remarks.changed(
			at,
			`names of ${main.value} with the domain are copied: convert again when the file changes`,
		);
	}
	const copied: HostRecord[] = [...records, ...expanded];
	for (const { value, at } of others) {
		const more = readHosts(value, at, files, remarks, true).map((record) => withDomain(record, plan));
		if (more.length > copiedMax) {
			remarks.lost(
				at,
				`${value} has more than ${copiedMax} lines, and \`hosts\` takes one file (${main.value})`,
			);
			continue;
		}
		if (more.length > 0)
			remarks.changed(
				at,
				`${value} is copied, since \`hosts\` takes one file: convert again when it changes`,
			);
		copied.push(...more);
	}
	return {
		directive: hostsDirective(
			plan,
			main?.value,
			sources.map(({ at }) => at),
			copied,
		),
		all: [...inMain, ...copied],
	};
}

function hostsDirective(
	plan: DnsmasqPlan,
	file: string | undefined,
	sources: readonly Origin[],
	copied: readonly HostRecord[],
): DirectiveText | undefined {
	if (file === undefined && copied.length === 0) return undefined;
	// CoreDNS takes no 0 here.
	const ttlSec = Math.max(1, ttlOf(plan));
	const lines = copied.map(
		({ address, names }) => `${address} ${names.map((name) => quoteWord(withoutDot(name))).join(' ')}`,
	);
	const from = [...sources, ...plan.hostRecords.map(({ at }) => at)].filter(
		({ file: name }) => name !== systemHosts,
	);
	return {
		text: file === undefined ? 'hosts' : `hosts ${quoteWord(file)}`,
		options: [...lines, `ttl ${ttlSec}`, 'fallthrough'],
		from,
	};
}

function withDomain(record: HostRecord, plan: DnsmasqPlan): HostRecord {
	const { domain } = plan;
	if (!plan.flags.has('expand-hosts') || domain === undefined) return absolute(record);
	const names = absolute(record).names.flatMap((name) =>
		/^[^.]+\.$/.test(name) && name !== 'localhost.'
			? [`${name}${domain.value.toLowerCase()}.`, name]
			: [name],
	);
	return { ...record, names };
}

function absolute(record: HostRecord): HostRecord {
	const names = record.names.map((name) => normalizeZone(name)).filter((name) => typeof name === 'string');
	return { ...record, names };
}

function readHosts(
	path: string,
	at: Origin,
	files: FileReader,
	remarks: Remarks,
	isAsked: boolean,
): HostRecord[] {
	try {
		return files
			.text(path)
			.split(/\r?\n/)
			.flatMap((line, index) => {
				const [address, ...names] = line.replace(/#.*$/, '').trim().split(/\s+/);
				if (isIP(address) === 0 || names.length === 0) return [];
				return [absolute({ address, names, at: { file: path, line: index + 1 } })];
			})
			.filter(({ names }) => names.length > 0);
	} catch (thrown) {
		if (isAsked) remarks.changed(at, `${path} cannot be read here: ${messageOf(thrown)}`);
		return [];
	}
}

function withoutDot(name: string): string {
	return name.replace(/\.$/, '');
}
