/**
 * From kube-dns's ConfigMap to the server blocks that NodeLocal DNSCache makes of it: one for each stub domain, one for
 * the domain of the cluster, one for all other names.
 */
import { isIP } from 'node:net';
import { isMap, isScalar, LineCounter, type Node, parseAllDocuments } from 'yaml';
import { normalizeZone } from '../../config/zone-name.ts';
import { messageOf, PetrelError } from '../../util/errors.ts';
import { type BlockText, type DirectiveText, writeCorefile } from './corefile-writer.ts';
import { readServer } from './dnsmasq-plan.ts';
import { type Converted, type Origin, Remarks } from './remarks.ts';

export interface ClusterOptions {
	/** Addresses that the node cache listens on. */
	readonly localIp: readonly string[];
	/** Of the service that names of the cluster are forwarded to; undefined: no block for them. */
	readonly clusterDns: string | undefined;
	readonly clusterDomain: string;
}

interface Data {
	readonly values: ReadonlyMap<string, { readonly value: unknown; readonly at: Origin }>;
}

const keys = ['stubDomains', 'upstreamNameservers', 'federations'];
/** kube-dns takes no more. */
const upstreamsMax = 3;

export function convertKubeDns(text: string, file: string, cluster: ClusterOptions): Converted {
	const remarks = new Remarks();
	const { values } = readData(text, file, remarks);
	const federations = values.get('federations');
	if (federations)
		remarks.lost(federations.at, '`federations`: Kubernetes has no federation of this kind any more');
	const introduction =
		`Made from ${file}, the ConfigMap of kube-dns, by \`petrel convert\`: the blocks that NodeLocal DNSCache makes of it.\n` +
		'The comments say which line each part comes from.';
	const blocks = [
		...stubBlocks(values.get('stubDomains'), cluster, remarks),
		...clusterBlocks(cluster, file, remarks),
		rootBlock(values.get('upstreamNameservers'), cluster, remarks),
	];
	return { corefile: writeCorefile(introduction, file, blocks), remarks: remarks.inOrder() };
}

/** The keys of the ConfigMap's `data`, or of a file that is that data alone. Their values are JSON in a string. */
function readData(text: string, file: string, remarks: Remarks): Data {
	const lines = new LineCounter();
	const documents = [...parseAllDocuments(text, { lineCounter: lines })].filter(
		(document) => 'contents' in document,
	);
	const fault = documents.flatMap((document) => document.errors)[0];
	if (fault) {
		const place = lines.linePos(fault.pos[0]);
		throw new PetrelError(
			'PETREL_CONFIG',
			`${file}:${place.line}:${place.col}: ${fault.message.split('\n')[0]}`,
		);
	}
	const values = new Map<string, { value: unknown; at: Origin }>();
	for (const { contents } of documents) {
		const data = isMap(contents) && contents.has('data') ? contents.get('data', true) : contents;
		if (!isMap(data)) continue;
		for (const { key, value } of data.items) {
			const name = isScalar(key) ? String(key.value) : '';
			const at = { file, line: lines.linePos((key as Node).range?.[0] ?? 0).line };
			if (name === 'Corefile') {
				throw new PetrelError(
					'PETREL_CONFIG',
					`${file}:${at.line}: this ConfigMap holds a Corefile already: kubectl get configmap NAME -o jsonpath={.data.Corefile} takes it out`,
				);
			}
			if (keys.includes(name)) values.set(name, { value: parseValue(value as Node, name, at), at });
			else if (contents !== data) remarks.lost(at, `\`${name}\` is no key of kube-dns's ConfigMap`);
		}
	}
	return { values };
}

function parseValue(node: Node, name: string, { file, line }: Origin): unknown {
	if (!isScalar(node)) return node?.toJSON?.();
	const text = String(node.value ?? '');
	try {
		return text.trim() === '' ? undefined : JSON.parse(text);
	} catch (thrown) {
		throw new PetrelError('PETREL_CONFIG', `${file}:${line}: \`${name}\` is not JSON: ${messageOf(thrown)}`);
	}
}

type Value = { readonly value: unknown; readonly at: Origin } | undefined;

function stubBlocks(stubs: Value, cluster: ClusterOptions, remarks: Remarks): BlockText[] {
	if (stubs === undefined || stubs.value === undefined) return [];
	const { value, at } = stubs;
	if (typeof value !== 'object' || value === null || Array.isArray(value)) {
		remarks.lost(at, '`stubDomains` is no object of lists');
		return [];
	}
	return Object.entries(value).flatMap(([domain, servers]) => {
		const zone = normalizeZone(domain);
		if (typeof zone !== 'string') {
			remarks.lost(at, zone.message);
			return [];
		}
		const upstreams = upstreamsOf(servers, `stubDomains: ${domain}`, at, remarks);
		if (upstreams.length === 0) return [];
		const lines = [{ text: 'errors' }, { text: 'cache 30' }, ...bind(cluster), forward(upstreams)];
		return [{ keys: [`${zone.replace(/\.$/, '')}:53`], lines, from: [at] }];
	});
}

/** A word of the map may be an address, `address:port`, or a name, which kube-dns resolves. */
function upstreamsOf(list: unknown, where: string, at: Origin, remarks: Remarks): string[] {
	if (!Array.isArray(list)) {
		remarks.lost(at, `\`${where}\` is no list of servers`);
		return [];
	}
	return list.flatMap((word) => {
		const text = String(word);
		const port = isIP(text) === 0 ? /^\[?(.+?)\]?:(\d+)$/.exec(text) : null;
		const { upstream, fault } = readServer(port ? `${port[1]}#${port[2]}` : text);
		if (upstream !== undefined) return [upstream];
		remarks.lost(at, `${where}: ${fault}`);
		return [];
	});
}

function clusterBlocks(cluster: ClusterOptions, file: string, remarks: Remarks): BlockText[] {
	const { clusterDns, clusterDomain } = cluster;
	if (clusterDns === undefined) {
		const text = `names of ${clusterDomain} go where all others go: say with --cluster-dns where its DNS is`;
		remarks.note({ file, line: 1 }, text);
		return [];
	}
	const toCluster = forward([clusterDns], ['force_tcp']);
	const common = [
		{ text: 'reload' },
		{ text: 'loop' },
		...bind(cluster),
		toCluster,
		{ text: 'prometheus :9253' },
	];
	const cached: DirectiveText = { text: 'cache', options: ['success 9984 30', 'denial 9984 5'] };
	const health = cluster.localIp.slice(0, 1).map((address) => ({
		text: `health ${isIP(address) === 6 ? `[${address}]` : address}:8080`,
	}));
	return [
		{ keys: [`${clusterDomain}:53`], lines: [{ text: 'errors' }, cached, ...common, ...health] },
		{
			keys: ['in-addr.arpa:53', 'ip6.arpa:53'],
			lines: [{ text: 'errors' }, { text: 'cache 30' }, ...common],
		},
	];
}

function rootBlock(servers: Value, cluster: ClusterOptions, remarks: Remarks): BlockText {
	const named =
		servers?.value === undefined
			? []
			: upstreamsOf(servers.value, 'upstreamNameservers', servers.at, remarks);
	for (const upstream of named.slice(upstreamsMax)) {
		remarks.lost(servers!.at, `upstreamNameservers: ${upstream}: kube-dns takes ${upstreamsMax}`);
	}
	const upstreams = named.length > 0 ? named.slice(0, upstreamsMax) : ['/etc/resolv.conf'];
	const lines = [
		{ text: 'errors' },
		{ text: 'cache 30' },
		{ text: 'reload' },
		{ text: 'loop' },
		...bind(cluster),
		{ ...forward(upstreams), ...(named.length > 0 ? { from: [servers!.at] } : {}) },
		{ text: 'prometheus :9253' },
	];
	return { keys: ['.:53'], lines };
}

function bind({ localIp }: ClusterOptions): DirectiveText[] {
	return localIp.length === 0 ? [] : [{ text: `bind ${localIp.join(' ')}` }];
}

function forward(upstreams: readonly string[], options: readonly string[] = []): DirectiveText {
	return { text: `forward . ${upstreams.join(' ')}`, options };
}
