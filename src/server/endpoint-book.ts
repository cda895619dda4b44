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
	/** Injected by tests. */
	readonly plan?: typeof planListeners;
	readonly lookEveryMs?: number;
}

/**
 * Which endpoints the server has now, with their numbers. Where a `bind` names all addresses or an interface, it looks
 * again every few seconds and reports what came and went.
 */
export class EndpointBook {
	readonly #options: EndpointBookOptions;
	readonly #numbers = new Map<string, number>();
	readonly #current = new Map<string, Endpoint>();
	/** What could not be bound, said once. */
	readonly #failed = new Set<string>();
	readonly #follows: boolean;
	#expand: ExpandBind;
	#timer: NodeJS.Timeout | undefined;
	#closed = false;

	constructor(options: EndpointBookOptions) {
		this.#options = options;
		this.#expand = options.wildcards ? bindKeepingWildcards : expandBind;
		this.#follows = followsInterfaces(options.model, options.listen);
	}

	/** Plans the first endpoints. Rejects with `PETREL_BIND` when one of them cannot be bound. */
	async open(): Promise<void> {
		const plan = this.#plan();
		for (const name of plan.unknown) {
			this.#options.log.warn(`bind ${name}: this machine has no such interface (yet)`, { name });
		}
		for (const planned of plan.endpoints) {
			try {
				this.#add(planned, await settleEndpoint(planned));
			} catch (thrown) {
				if (isWildcard(planned.address) && isInUse(thrown)) {
					await this.#openEachAddress(hostPort(planned.address, planned.port));
					return;
				}
				if (!(this.#follows && isNoSuchAddress(thrown))) throw thrown;
			}
		}
		if (this.#current.size > 0) return;
		const names = plan.unknown.length > 0 ? ` (${plan.unknown.join(', ')}: no such interface)` : '';
		const text = `there is no address to listen on${names}: see \`bind\`, or use --listen`;
		throw new PetrelError('PETREL_BIND', text);
	}

	/** Somebody has the port at one address, systemd-resolved at 127.0.0.53, say: the others can be had all the same. */
	async #openEachAddress(wildcard: string): Promise<void> {
		this.#options.log.info(
			`${wildcard} is in use at some address: a socket for each of the machine's instead`,
		);
		this.#expand = expandBind;
		this.#current.clear();
		await this.open();
	}

	/** Starts to look for changes. */
	follow(): void {
		if (this.#follows) this.#arm();
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
		const wanted = this.#plan().endpoints;
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
				if (this.#closed) return;
				this.#failed.delete(key);
				this.#options.onAdded(this.#add(planned, settled));
				this.#options.log.info(`listening on ${key} too: the address is new`, { address: key });
			} catch (thrown) {
				this.#sayOnce(key, messageOf(thrown));
			}
		}
	}

	#plan(): ListenPlan {
		const { model, listen, plan = planListeners } = this.#options;
		return plan(model, listen, this.#expand);
	}

	#arm(): void {
		this.#timer = setTimeout(async () => {
			await this.look();
			if (!this.#closed) this.#arm();
		}, this.#options.lookEveryMs ?? lookEveryMs);
	}

	/** Enters an endpoint under the address and port that the plan names; the port is another if that is 0. */
	#add(planned: PlannedEndpoint, settled: PlannedEndpoint): Endpoint {
		const key = hostPort(planned.address, planned.port);
		const number = this.#numbers.get(key) ?? this.#numbers.size;
		this.#numbers.set(key, number);
		const endpoint = { ...settled, number };
		this.#current.set(key, endpoint);
		return endpoint;
	}

	#sayOnce(key: string, reason: string): void {
		if (this.#failed.has(key)) return;
		this.#failed.add(key);
		this.#options.log.warn(`not listening on ${key}: ${reason}`, { address: key });
	}
}
