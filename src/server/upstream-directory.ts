import type { ForwardOptions, Model, UpstreamTarget } from '../config/model.ts';
import { maxUpstreams } from '../forward/upstream-state.ts';
import { hostPort } from '../net/bind-error.ts';
import { forwardsOf } from './forwards.ts';
import type { Log } from './log.ts';
import { type ResolvConf, readResolvConf, watchResolvConf } from './resolv-conf.ts';
import { type ForwardUpstreams, type UpstreamAddress, upstreamsPerForward } from './shard-messages.ts';

const dnsPort = 53;

export function usesDemo(model: Model): boolean {
	return forwardsOf(model).some(({ to }) => to.some(({ kind }) => kind === 'demo'));
}

export interface UpstreamDirectoryOptions {
	readonly model: Model;
	/** Where the embedded upstream listens; undefined when no forward names it. */
	readonly demo: UpstreamAddress | undefined;
	readonly log: Log;
	/** Where the series of an upstream are counted; undefined: in the row of its number. */
	readonly rowOf?: (to: string) => number;
	/** A forward has other upstreams now. */
	readonly onChange: (forward: ForwardUpstreams) => void;
}

/** Knows which addresses the forwards ask: what the Corefile names, and what each resolv.conf names now. */
export class UpstreamDirectory {
	readonly #options: UpstreamDirectoryOptions;
	readonly #forwards: readonly ForwardOptions[];
	readonly #resolvConfs = new Map<string, ResolvConf>();
	readonly #watches: { close(): void }[] = [];
	#current: ForwardUpstreams[] = [];

	constructor(options: UpstreamDirectoryOptions) {
		this.#options = options;
		this.#forwards = forwardsOf(options.model);
	}

	/** Reads every resolv.conf once and keeps looking at them. */
	async open(): Promise<void> {
		const paths = this.#forwards.flatMap(({ to }) => to.flatMap(resolvConfPath));
		for (const path of new Set(paths)) {
			const first = await readResolvConf(path);
			this.#remember(path, first);
			this.#watches.push(watchResolvConf(path, first, (now) => this.#onResolvConf(path, now)));
		}
		this.#current = this.#forwards.map((forward, number) => this.#expand(forward, number));
	}

	/** The upstreams of every forward now. */
	get current(): readonly ForwardUpstreams[] {
		return this.#current;
	}

	/** "1.1.1.1:53" for an upstream's number. */
	nameOf(upstream: number): string {
		const forward = this.#current[Math.floor(upstream / upstreamsPerForward)];
		const address = forward?.upstreams[upstream % upstreamsPerForward];
		return address ? hostPort(address.address, address.port) : `upstream ${upstream}`;
	}

	close(): void {
		for (const watch of this.#watches) watch.close();
	}

	#onResolvConf(path: string, now: ResolvConf): void {
		this.#remember(path, now);
		if (now.problem === undefined) {
			this.#options.log.info(`${path} changed: upstreams are now ${now.nameservers.join(', ')}`, { path });
		}
		for (const [number, forward] of this.#forwards.entries()) {
			if (!forward.to.flatMap(resolvConfPath).includes(path)) continue;
			this.#current[number] = this.#expand(forward, number);
			this.#options.onChange(this.#current[number]);
		}
	}

	#remember(path: string, now: ResolvConf): void {
		this.#resolvConfs.set(path, now);
		if (now.problem === undefined) return;
		this.#options.log.warn(
			`${now.problem}: what is forwarded there gets SERVFAIL until it does. ` +
				'Write a nameserver line into it, or name an upstream (`forward . 1.1.1.1`).',
			{ path },
		);
	}

	#expand(forward: ForwardOptions, number: number): ForwardUpstreams {
		const upstreams = forward.to.flatMap((target) => this.#addressesOf(target));
		if (upstreams.length > maxUpstreams) {
			const dropped = upstreams.splice(maxUpstreams).map(({ address }) => address);
			const { file, line } = forward.at;
			this.#options.log.warn(
				`${file}:${line}: a forward has at most ${maxUpstreams} upstreams; not used: ${dropped.join(', ')}`,
			);
		}
		const { rowOf } = this.#options;
		if (rowOf === undefined) return { forward: number, upstreams };
		return {
			forward: number,
			upstreams: upstreams.map((to) => ({ ...to, row: rowOf(hostPort(to.address, to.port)) })),
		};
	}

	#addressesOf(target: UpstreamTarget): UpstreamAddress[] {
		if (target.kind === 'address') return [{ address: target.address, port: target.port }];
		if (target.kind === 'demo') return this.#options.demo ? [this.#options.demo] : [];
		const { nameservers } = this.#resolvConfs.get(target.path) ?? { nameservers: [] };
		return nameservers.map((address) => ({ address, port: dnsPort }));
	}
}

function resolvConfPath(target: UpstreamTarget): string[] {
	return target.kind === 'resolv-conf' ? [target.path] : [];
}
