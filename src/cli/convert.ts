import { readFileSync } from 'node:fs';
import { isIP } from 'node:net';
import { Command, InvalidArgumentError, Option } from 'commander';
import { messageOf, PetrelError } from '../util/errors.ts';
import { detectFormat, type InputFormat } from './convert/detect.ts';
import { convertDnsmasq } from './convert/dnsmasq.ts';
import { systemFiles } from './convert/dnsmasq-read.ts';
import type { ClusterOptions } from './convert/kube-dns.ts';
import type { Converted, Remark, RemarkKind } from './convert/remarks.ts';
import { standardInput } from './corefile-input.ts';
import { exitCode } from './exit.ts';
import { placeText } from './place.ts';
import { collect } from './values.ts';

interface ConvertOptions {
	readonly from?: Exclude<InputFormat, 'corefile'>;
	readonly to: 'corefile';
	readonly strict: boolean;
	readonly localIp: readonly string[];
	readonly clusterDns?: string;
	readonly clusterDomain: string;
}

const kindNames: Readonly<Record<RemarkKind, string>> = {
	lost: 'not converted',
	changed: 'changed',
	note: 'note',
};

export function convertCommand(): Command {
	const command = new Command('convert')
		.description('Make a Corefile of a dnsmasq.conf, or of the ConfigMap of kube-dns. It goes to stdout.')
		.argument('<file>', 'the file to convert; - is standard input')
		.addOption(
			new Option('--from <format>', 'what the file is (default: found out)')
				.choices(['dnsmasq', 'kube-dns'])
				.env('PETREL_FROM'),
		)
		.addOption(
			new Option('--to <format>', 'what to make of it')
				.choices(['corefile'])
				.default('corefile')
				.env('PETREL_TO'),
		)
		.addOption(
			new Option('--strict', 'exit code 3 when something could not be taken over')
				.default(false)
				.env('PETREL_STRICT'),
		);
	for (const option of clusterOptions()) command.addOption(option);
	return command
		.addHelpText(
			'after',
			'\nWhat was left out or changed stands on stderr, with its line and why.\n' +
				'\nExit code: 0, 2 when the file cannot be read as what it is, 3 with --strict when something was lost.\n' +
				'\nExamples:\n' +
				'  petrel convert /etc/dnsmasq.conf > Corefile\n' +
				'  petrel convert dnsmasq.conf --to corefile --strict | petrel check -\n' +
				'  kubectl -n kube-system get cm kube-dns -o yaml | petrel convert - --cluster-dns 10.96.0.11\n',
		)
		.action(convert);
}

function clusterOptions(): Option[] {
	return [
		new Option('--local-ip <addr>', 'kube-dns: an address the node cache listens on; may be repeated')
			.argParser(collect(parseAddress))
			.default([], 'every address')
			.env('PETREL_LOCAL_IP'),
		new Option('--cluster-dns <addr>', 'kube-dns: where names of the cluster go: service kube-dns-upstream')
			.argParser(parseAddress)
			.env('PETREL_CLUSTER_DNS'),
		new Option('--cluster-domain <name>', 'kube-dns: the domain of the cluster')
			.default('cluster.local')
			.env('PETREL_CLUSTER_DOMAIN'),
	];
}

function parseAddress(text: string): string {
	if (isIP(text) === 0) throw new InvalidArgumentError('An address is an IPv4 or IPv6 address.');
	return text;
}

async function convert(path: string, options: ConvertOptions): Promise<void> {
	const text = readText(path);
	const format = options.from ?? detectFormat(text);
	const file = path === standardInput ? '(stdin)' : path;
	if (format === 'corefile') {
		throw new PetrelError(
			'PETREL_CONFIG',
			`${file} looks like a Corefile already, or like nothing that is known: say what it is with --from dnsmasq or --from kube-dns`,
		);
	}
	const converted =
		format === 'dnsmasq' ? convertDnsmasq(text, file, systemFiles) : await fromKubeDns(text, file, options);
	const { corefile, remarks } = converted;
	process.stdout.write(corefile);
	process.stderr.write(remarksText(remarks));
	const lost = remarks.some(({ kind }) => kind === 'lost');
	process.exitCode = lost && options.strict ? exitCode.lossy : exitCode.ok;
}

/** Loads what reads YAML only now: a server has no use for it. */
async function fromKubeDns(text: string, file: string, options: ConvertOptions): Promise<Converted> {
	const { convertKubeDns } = await import('./convert/kube-dns.ts');
	const { localIp, clusterDns, clusterDomain } = options;
	const cluster: ClusterOptions = { localIp, clusterDns, clusterDomain };
	return convertKubeDns(text, file, cluster);
}

/** A line for each remark: `dnsmasq.conf:12: not converted: …` */
export function remarksText(remarks: readonly Remark[]): string {
	return remarks.map(({ kind, at, text }) => `${placeText(at)}: ${kindNames[kind]}: ${text}\n`).join('');
}

function readText(path: string): string {
	try {
		return readFileSync(path === standardInput ? 0 : path, 'utf8');
	} catch (thrown) {
		throw new PetrelError('PETREL_CONFIG', `${path} cannot be read: ${messageOf(thrown)}`);
	}
}
