/** CoreDNS's plugins that petrel does not have: what each is, and what to do with its line. */
export interface RefusedDirective {
	readonly meaning: string;
	readonly instead: string;
}

const remove = 'remove the line';
const authoritative = 'leave that to the server that has the data, and `forward` its zones there';

export const refusedDirectives: ReadonlyMap<string, RefusedDirective> = new Map(
	Object.entries({
		chaos: { meaning: 'answers to version.bind', instead: remove },
		dnstap: {
			meaning: 'binary log of messages',
			instead: `${remove}; \`log\` writes a line for each query`,
		},
		metadata: { meaning: 'data for other plugins', instead: `${remove}: nothing here reads it` },
		root: { meaning: 'directory that paths are relative to', instead: `${remove} and write whole paths` },
		tls: {
			meaning: 'DNS over TLS for clients',
			instead: `${remove}; a proxy in front of petrel can take TLS off`,
		},
		kubernetes: {
			meaning: 'answers for cluster.local from the Kubernetes API',
			instead: 'this is a node cache: write `forward cluster.local ADDRESS` with the ClusterIP of kube-dns',
		},
		k8s_external: { meaning: 'names for Kubernetes services from outside', instead: authoritative },
		multicluster: { meaning: 'answers for clusterset.local', instead: authoritative },
		nomad: { meaning: 'answers from the Nomad API', instead: authoritative },
		file: { meaning: 'authoritative answers from a zone file', instead: authoritative },
		auto: { meaning: 'authoritative answers from zone files', instead: authoritative },
		secondary: { meaning: 'authoritative answers by zone transfer', instead: authoritative },
		transfer: { meaning: 'zone transfer', instead: authoritative },
		etcd: { meaning: 'answers from etcd', instead: authoritative },
		route53: { meaning: 'answers from Amazon Route 53', instead: authoritative },
		azure: { meaning: 'answers from Azure DNS', instead: authoritative },
		clouddns: { meaning: 'answers from Google Cloud DNS', instead: authoritative },
		dnssec: { meaning: 'signing of answers', instead: authoritative },
		sign: { meaning: 'signing of zone files', instead: authoritative },
		tsig: { meaning: 'signed messages', instead: remove },
		autopath: {
			meaning: 'search paths followed in the server',
			instead: `${remove}: it needs CoreDNS's kubernetes plugin`,
		},
		view: {
			meaning: 'choice of a server block by the query',
			instead: `${remove}; blocks differ by zone and \`bind\``,
		},
		geoip: { meaning: 'place of the client', instead: remove },
		erratic: { meaning: 'wrong answers for tests', instead: remove },
		grpc: {
			meaning: 'forwarding by gRPC',
			instead: 'write `forward` with an upstream that answers plain DNS',
		},
		grpc_server: { meaning: 'settings of DNS over gRPC', instead: remove },
		https: { meaning: 'settings of DNS over HTTPS', instead: remove },
		https3: { meaning: 'settings of DNS over HTTP/3', instead: remove },
		proxyproto: {
			meaning: "clients' addresses from a proxy in front",
			instead: `${remove}: clients are those that send to petrel's sockets`,
		},
		quic: { meaning: 'settings of DNS over QUIC', instead: remove },
		cancel: {
			meaning: 'time limit of a query',
			instead: `${remove}: every client gets an answer before 5 s`,
		},
		proxy: { meaning: 'forwarding, removed from CoreDNS in 1.5', instead: 'write `forward FROM TO…`' },
		on: { meaning: 'commands at start and stop', instead: remove },
		startup: { meaning: 'a command at start', instead: remove },
		shutdown: { meaning: 'a command at stop', instead: remove },
	}),
);
