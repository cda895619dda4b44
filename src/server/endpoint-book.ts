import { isIP } from 'node:net';
import type { Model } from '../config/model.ts';
import { bindKeepingWildcards, expandBind, isWildcard } from '../net/addresses.ts';
import { hostPort } from '../net/bind-error.ts';
import { messageOf, PetrelError } from '../util/errors.ts';
import { isInUse, isNoSuchAddress, settleEndpoint } from './free-endpoint.ts';
import {
	type ExpandBind,
	followsInterfaces,
	type ListenAddress,
	type ListenPlan,
	type PlannedEndpoint,
	planListeners,
} from './listen-plan.ts';
import type { Log } from './log.ts';
import type { Endpoint } from './shard-messages.ts';

/** How often the machine's addresses are read again where a `bind` follows them. */
const lookEveryMs = 5000;

export interface EndpointBookOptions {
	readonly model: Model;
	readonly listen: readonly ListenAddress[];
	/** Whether one socket on a wildcard serves every address of the machine; else each address has its own. */
	readonly wildcards: boolean;
	readonly log: Log;
	readonly onAdded: (endpoint: Endpoint) => void;
	readonly onRemoved: (endpoint: number) => void;
	/** Where queries at an address are counted; undefined: in rows by arithmetic. */
	readonly rowsOf?: (model: Model, at: PlannedEndpoint) => NonNullable<Endpoint['rows']>;
	/** Injected by tests. */
	readonly plan?: typeof planListeners;
	readonly lookEveryMs?: number;
}

/** Where a configuration that is to come would listen. */
export interface EndpointProposal {
	readonly model: Model;
	/** By the address and port that the plan names. */
	readonly endpoints: ReadonlyMap<string, Endpoint>;
	/** Those of them that are not bound yet. */
	readonly added: readonly Endpoint[];
}

/**
 * Which endpoints the server has now, with their numbers. Where a `bind` names all addresses or an interface, it looks
 * again every few seconds and reports what came and went.
 */
export class EndpointBook {
	readonly #options: EndpointBookOptions;
	readonly #numbers = new Map<string, number>();
	#current: Map<string, Endpoint> = new Map();
	/** What could not be bound, said once. */
	readonly #failed = new Set<string>();
	#model: Model;
	#expand: ExpandBind;
	#timer: NodeJS.Timeout | undefined;
	/** A configuration is being proposed: what is listened on must not change meanwhile. */
	#proposing = false;
	#closed = false;

	constructor(options: EndpointBookOptions) {
		this.#options = options;
		this.#model = options.model;
		this.#expand = options.wildcards ? bindKeepingWildcards : expandBind;
	}

	/** Plans the first endpoints. Rejects with `PETREL_BIND` when one of them cannot be bound. */
	async open(): Promise<void> {
		this.accept(await this.propose(this.#model));
	}

	/**
	 * Plans the endpoints of a configuration; what stands already keeps its number. Rejects with `PETREL_BIND` when one
	 * of them cannot be bound. Until it is accepted or dropped, nothing else is changed.
	 */
	async propose(model: Model): Promise<EndpointProposal> {
		this.#proposing = true;
		try {
			return await this.#propose(model);
		} catch (thrown) {
			this.drop();
			throw thrown;
		}
	}

	async #propose(model: Model): Promise<EndpointProposal> {
		const plan = this.#plan(model);
		for (const name of plan.unknown) {
			this.#options.log.warn(`bind ${name}: this machine has no such interface (yet)`, { name });
		}
		const endpoints = new Map<string, Endpoint>();
		const added: Endpoint[] = [];
		for (const planned of plan.endpoints) {
			const key = hostPort(planned.address, planned.port);
			const known = this.#current.get(key);
			try {
				const settled = await this.#settle(planned, known);
				const endpoint = this.#numbered(key, settled, model);
				endpoints.set(key, endpoint);
				if (!known) added.push(endpoint);
			} catch (thrown) {
				if (isWildcard(planned.address) && isInUse(thrown)) return this.#proposeEachAddress(key, model);
				if (!(this.#follows(model) && isNoSuchAddress(thrown))) throw thrown;
			}
		}
		if (endpoints.size > 0) return { model, endpoints, added };
		const names = plan.unknown.length > 0 ? ` (${plan.unknown.join(', ')}: no such interface)` : '';
		const text = `there is no address to listen on${names}: see \`bind\`, or use --listen`;
		throw new PetrelError('PETREL_BIND', text);
	}

	/** Somebody has the port at one address, systemd-resolved at 127.0.0.53, say: the others can be had all the same. */
	#proposeEachAddress(wildcard: string, model: Model): Promise<EndpointProposal> {
		this.#options.log.info(
			`${wildcard} is in use at some address: a socket for each of the machine's instead`,
		);
		this.#expand = expandBind;
		return this.#propose(model);
	}

	/** What was proposed holds from now on. */
	accept({ model, endpoints }: EndpointProposal): void {
		this.#proposing = false;
		this.#model = model;
		this.#current = new Map(endpoints);
		if (this.#timer) this.follow();
	}

	/** What was proposed does not come. */
	drop(): void {
		this.#proposing = false;
	}

	/** Starts to look for changes. */
	follow(): void {
		clearTimeout(this.#timer);
		this.#timer = setTimeout(async () => {
			await this.look();
			if (!this.#closed) this.follow();
		}, this.#options.lookEveryMs ?? lookEveryMs);
	}

	get current(): readonly Endpoint[] {
		return [...this.#current.values()];
	}

	/** A shard could not bind the endpoint: all give it up, and it is tried again at the next look. */
	giveUp(number: number, reason: string): void {
		for (const [key, endpoint] of this.#current) {
			if (endpoint.number !== number) continue;
			this.#current.delete(key);
			this.#options.onRemoved(number);
			this.#sayOnce(key, reason);
		}
	}

	close(): void {
		this.#closed = true;
		clearTimeout(this.#timer);
	}

	/** Compares what is with what should be, and reports the differences. */
	async look(): Promise<void> {
		if (this.#proposing || !this.#follows(this.#model)) return;
		const wanted = this.#plan(this.#model).endpoints;
		const keys = new Set(wanted.map(({ address, port }) => hostPort(address, port)));
		for (const [key, endpoint] of this.#current) {
			if (keys.has(key)) continue;
			this.#current.delete(key);
			this.#options.onRemoved(endpoint.number);
			this.#options.log.info(`no longer listening on ${key}: the address is gone`, { address: key });
		}
		for (const planned of wanted) {
			const key = hostPort(planned.address, planned.port);
			if (this.#current.has(key)) continue;
			try {
				const settled = await settleEndpoint(planned);
				if (this.#closed || this.#proposing) return;
				this.#failed.delete(key);
				const endpoint = this.#numbered(key, settled, this.#model);
				this.#current.set(key, endpoint);
				this.#options.onAdded(endpoint);
				this.#options.log.info(`listening on ${key} too: the address is new`, { address: key });
			} catch (thrown) {
				this.#sayOnce(key, messageOf(thrown));
			}
		}
	}

	#plan(model: Model): ListenPlan {
		const { listen, plan = planListeners } = this.#options;
		return plan(model, listen, this.#expand);
	}

	#follows(model: Model): boolean {
		return followsInterfaces(model, this.#options.listen);
	}

	/** The endpoint with the port that it has or can have. */
	async #settle(planned: PlannedEndpoint, known: Endpoint | undefined): Promise<PlannedEndpoint> {
		if (known) return { ...planned, port: known.port };
		return this.#overlapsOwn(planned) ? planned : settleEndpoint(planned);
	}

	/** Whether sockets of our own would make the port seem taken: a wildcard beside one address, which may stand together. */
	#overlapsOwn({ address, port }: PlannedEndpoint): boolean {
		return this.current.some(
			(own) =>
				own.port === port &&
				isIP(own.address) === isIP(address) &&
				(isWildcard(own.address) || isWildcard(address)),
		);
	}

	/** An endpoint under the address and port that the plan names; its port is another if that is 0. */
	#numbered(key: string, settled: PlannedEndpoint, model: Model): Endpoint {
		const number = this.#numbers.get(key) ?? this.#numbers.size;
		this.#numbers.set(key, number);
		const rows = this.#options.rowsOf?.(model, settled);
		return rows ? { ...settled, number, rows } : { ...settled, number };
	}

	#sayOnce(key: string, reason: string): void {
		if (this.#failed.has(key)) return;
		this.#failed.add(key);
		this.#options.log.warn(`not listening on ${key}: ${reason}`, { address: key });
	}
}
