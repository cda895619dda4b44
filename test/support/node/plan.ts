/** What a test wants of a node of its own: its addresses, its files, the servers around it, and what is asked there. */
export interface NodePlan {
	/** The directory that holds `Corefile`, with what it imports. */
	readonly directory: string;
	/** Addresses of the node, such as 169.254.20.10. */
	readonly addresses: readonly string[];
	/** Addresses around it, each with a scripted upstream on port 53. */
	readonly upstreams: readonly string[];
	/** All that there is below /etc. */
	readonly etc: Readonly<Record<string, string>>;
	readonly questions: readonly NodeQuestion[];
	readonly urls: readonly string[];
	/** A CoreDNS that runs in petrel's place. */
	readonly coredns?: string;
}

export interface NodeQuestion {
	readonly server: string;
	readonly port?: number;
	readonly name: string;
	readonly type?: string;
	/** Asks for the name of the server (RFC 5001). */
	readonly nsid?: boolean;
}

export interface NodeAnswer {
	readonly transport: 'udp' | 'tcp';
	readonly rcode: string;
	readonly flags: string;
	readonly data: readonly string[];
	readonly nsid: string | undefined;
	/** Who was asked for it so far, once for each query, as "10.96.0.11 tcp". */
	readonly asked: readonly string[];
}

export interface NodeResult {
	/** For each question: UDP first, then TCP. */
	readonly answers: readonly (readonly [NodeAnswer, NodeAnswer])[];
	/** Status and body for each URL; status 0: nobody answers there. */
	readonly pages: readonly { readonly status: number; readonly body: string }[];
	readonly exitCode: number | null;
	readonly log: string;
}
