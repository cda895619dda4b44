/** Each Corefile of test/corefiles/ with the node that it is for: addresses, neighbours, and what has to be seen there. */
import type { NodeQuestion } from './plan.ts';

export interface Expectation extends NodeQuestion {
	/** Who has to be asked, and how: "10.96.0.11 tcp". 'nobody': petrel answers itself. */
	readonly asks: string;
	readonly rcode?: string;
	/** What the answer has to hold, in any order; only as many as records when left out. */
	readonly data?: readonly string[];
	/** A directive without which this cannot be. */
	readonly needs?: string;
	readonly nsidIs?: string;
}

export interface Page {
	readonly url: string;
	readonly body: RegExp;
	readonly needs: string;
}

export interface NodeCase {
	readonly addresses: readonly string[];
	readonly etc?: Readonly<Record<string, string>>;
	readonly expectations: readonly Expectation[];
	readonly pages: readonly Page[];
}

const linkLocal = '169.254.20.10';
const kubeDns = '10.96.0.10';
const clusterDns = '10.96.0.11';
/** What /etc/resolv.conf names. */
export const nodeResolver = '192.0.2.53';

interface Cluster {
	readonly servers: readonly string[];
	/** Who answers for the cluster's names and for reverse names, and how it is asked. */
	readonly cluster: string;
	readonly external: string;
}

/** Cluster, reverse and external names at each server of a node cache. */
function usual({ servers, cluster, external }: Cluster): Expectation[] {
	return servers.flatMap((server, i) => [
		{ server, name: `kubernetes.default${i}.svc.cluster.local`, asks: cluster },
		{ server, name: `nx.default${i}.svc.cluster.local`, asks: cluster, rcode: 'NXDOMAIN' },
		{ server, name: `${i + 1}.0.96.10.in-addr.arpa`, type: 'PTR', asks: cluster },
		{ server, name: `${i + 1}.0.0.0.8.b.d.0.1.0.0.2.ip6.arpa`, type: 'PTR', asks: cluster },
		{ server, name: `www${i}.example.net`, asks: external },
		{ server, name: `www${i}.example.net`, type: 'AAAA', asks: external },
	]);
}

const metrics = (address: string): Page => ({
	url: `http://${address}:9253/metrics`,
	body: /^# TYPE coredns_/m,
	needs: 'prometheus',
});
const health = (address: string, port = 8080): Page => ({
	url: `http://${address}:${port}/health`,
	body: /^OK$/,
	needs: 'health',
});
const ready = (address: string): Page => ({
	url: `http://${address}:8181/ready`,
	body: /^OK$/,
	needs: 'ready',
});

function nodeCache(
	servers: readonly string[],
	cluster: string,
	external = `${nodeResolver} udp`,
	healthPort: number | 'none' = 8080,
): NodeCase {
	const probe = healthPort === 'none' ? [] : [health(servers[0], healthPort)];
	return {
		addresses: servers,
		expectations: usual({ servers, cluster, external }),
		pages: [...probe, metrics(servers[0])],
	};
}

function and(base: NodeCase, ...more: readonly Expectation[]): NodeCase {
	return { ...base, expectations: [...base.expectations, ...more] };
}

const both = [linkLocal, kubeDns];
const anyAddress = nodeCache(['10.1.2.3'], `${clusterDns} tcp`);
const customZone = (server: string, name: string): Expectation => ({ server, name, asks: '10.10.10.53 udp' });

const azureNode = '169.254.10.10';
const azurePods = '169.254.10.11';
const azureDns = '168.63.129.16 udp';
const azureCluster = '10.0.0.10';
const registry = '192.0.2.201 mcr.microsoft.com\n';

/** LocalDNS has no reverse zones: they go where other names go. */
const azure: readonly Expectation[] = [
	{ server: azureNode, name: 'node.health-check.localdns.local', asks: 'nobody', data: [] },
	{ server: azurePods, name: 'pods.health-check.localdns.local', asks: 'nobody', data: [] },
	{ server: azureNode, name: 'kubernetes.a.svc.cluster.local', asks: `${azureCluster} tcp` },
	{ server: azurePods, name: 'kubernetes.b.svc.cluster.local', asks: `${azureCluster} tcp` },
	{ server: azureNode, name: 'www.a.example.net', asks: azureDns },
	{ server: azurePods, name: 'www.b.example.net', asks: `${azureCluster} udp` },
	{ server: azureNode, name: '1.0.96.10.in-addr.arpa', type: 'PTR', asks: azureDns },
	{ server: azurePods, name: '2.0.96.10.in-addr.arpa', type: 'PTR', asks: `${azureCluster} udp` },
	{ server: azureNode, name: 'a.testdomain456.com', asks: `${azureCluster} udp` },
	{ server: azurePods, name: 'b.testdomain567.com', asks: azureDns },
	{ server: azureNode, name: 'count3.many.example.net', asks: azureDns },
	...[azureNode, azurePods].flatMap((server, i): Expectation[] => [
		{
			server,
			name: `a.b.c.d${i}.internal.cloudapp.net`,
			asks: 'nobody',
			rcode: 'NXDOMAIN',
			needs: 'template',
		},
		{ server, name: `a${i}.reddog.microsoft.com`, asks: 'nobody', rcode: 'NXDOMAIN', needs: 'template' },
	]),
	{ server: azureNode, name: 'vm.internal.cloudapp.net', asks: azureDns },
	{
		server: azureNode,
		name: 'nsid.example.net',
		asks: azureDns,
		nsid: true,
		nsidIs: 'localdns',
		needs: 'nsid',
	},
	{
		server: azurePods,
		name: 'nsid2.example.net',
		asks: `${azureCluster} udp`,
		nsid: true,
		nsidIs: 'localdns-pod',
		needs: 'nsid',
	},
];
const azurePages = [ready(azureNode), ready(azurePods), metrics(azureNode)];
const fromHosts = (server: string, name: string, address: string): Expectation => ({
	server,
	name,
	asks: 'nobody',
	data: [address],
	needs: 'hosts',
});

const kubespray = '169.254.25.10';
const noAaaa = (server: string, name: string): Expectation => ({
	server,
	name,
	type: 'AAAA',
	asks: 'nobody',
	data: [],
	needs: 'template',
});
const chart = '169.254.20.25';

export const nodeCases: Readonly<Record<string, NodeCase>> = {
	ack: and(nodeCache([linkLocal], `${clusterDns} tcp`, `${nodeResolver} tcp`, 'none'), {
		server: linkLocal,
		name: 'oss.aliyuncs.com',
		asks: '100.100.2.136 udp or 100.100.2.138 udp',
	}),
	'aks-localdns': {
		addresses: [azureNode, azurePods],
		etc: { 'localdns/hosts': registry },
		expectations: [
			...azure,
			fromHosts(azureNode, 'mcr.microsoft.com', '192.0.2.201'),
			fromHosts(azurePods, 'MCR.microsoft.com', '192.0.2.201'),
		],
		pages: azurePages,
	},
	'aks-localdns-without-hosts': {
		addresses: [azureNode, azurePods],
		expectations: [...azure, { server: azureNode, name: 'mcr.microsoft.com', asks: azureDns }],
		pages: azurePages,
	},
	cilium: anyAddress,
	deliveryhero: nodeCache(['172.20.0.10'], '172.20.0.11 tcp'),
	'deliveryhero-all-values': {
		addresses: [chart, '172.20.0.10'],
		expectations: [
			{ server: chart, name: 'kubernetes.default.svc.cluster.local', asks: '172.20.0.11 udp' },
			{ server: '172.20.0.10', name: 'other.default.svc.cluster.local', asks: '172.20.0.11 udp' },
			{ server: chart, name: '1.0.96.10.in-addr.arpa', type: 'PTR', asks: '172.20.0.11 udp' },
			{ server: chart, name: 'www.example.net', asks: `${nodeResolver} udp` },
			noAaaa(chart, 'www.example.net'),
			noAaaa('172.20.0.10', 'kubernetes.default.svc.cluster.local'),
			customZone(chart, 'node.consul.local'),
		],
		pages: [health(chart, 8081), metrics(chart)],
	},
	gardener: and(
		nodeCache(both, `${clusterDns} tcp`, `${nodeResolver} tcp`, 8099),
		customZone(linkLocal, 'www.corp.example'),
	),
	ibm: and(
		nodeCache([linkLocal, '172.21.0.10'], '172.21.0.11 tcp', `${nodeResolver} tcp`),
		customZone(linkLocal, 'www.example.org'),
		{ server: linkLocal, name: 'www.abc.com', asks: '172.21.0.11 tcp' },
	),
	'kube-dns-configmap': and(nodeCache(both, `${clusterDns} tcp`, '8.8.8.8 udp or 8.8.4.4 udp'), {
		server: kubeDns,
		name: 'www.acme.local',
		asks: '1.2.3.4 udp',
	}),
	kubeone: nodeCache([linkLocal], `${clusterDns} tcp`, `${nodeResolver} tcp`),
	kubespray: {
		...and(
			nodeCache([kubespray], '10.233.0.3 tcp', `${nodeResolver} udp`, 9254),
			{ server: kubespray, name: 'www.example.com', asks: '1.1.1.1 udp or 2.2.2.2 udp' },
			{ server: kubespray, port: 1053, name: 'www.example.io', asks: '1.1.1.1 udp or 2.2.2.2 udp' },
			{ server: kubespray, name: 'www.mydomain.tld', asks: '10.233.0.3 udp' },
			fromHosts(kubespray, 'node1.cluster.local', '192.0.2.11'),
			fromHosts(kubespray, 'lb.example.net', '192.0.2.12'),
		),
		etc: { 'coredns/hosts': '192.0.2.11 node1.cluster.local node1\n192.0.2.12 lb.example.net\n' },
	},
	nodelocaldns: nodeCache(both, `${clusterDns} tcp`),
	'nodelocaldns-ipvs': nodeCache([linkLocal], `${kubeDns} tcp`),
	rke2: nodeCache([linkLocal, '10.43.0.10'], '10.43.0.11 tcp'),
	yandex: nodeCache(both, `${clusterDns} udp`),
};
