import type { HttpAddress, ReadyOptions } from '../../config/model/operations.ts';
import type { Model } from '../../config/model.ts';
import { hostPort } from '../../net/bind-error.ts';

/** What one HTTP server answers. */
export interface Routes {
	readonly health: boolean;
	readonly ready: ReadyOptions['monitor'] | undefined;
	readonly metrics: boolean;
}

export interface WantedServer extends HttpAddress {
	readonly routes: Routes;
	/** What asks for it first: "health in Corefile:3". */
	readonly origin: string;
}

/**
 * The HTTP servers of a model, by address. Blocks that name the same address share one; where they differ in `monitor`,
 * what is stricter holds.
 */
export function wantedServers(model: Model): Map<string, WantedServer> {
	const wanted = new Map<string, WantedServer>();
	const want = (
		name: string,
		options: (HttpAddress & { at: { file: string; line: number } }) | undefined,
		add: Partial<Routes>,
	): void => {
		if (options === undefined) return;
		const { address, port, at } = options;
		const key = httpHostPort(address, port);
		const before = wanted.get(key);
		const routes = before?.routes ?? { health: false, ready: undefined, metrics: false };
		const origin = before?.origin ?? `\`${name}\` in ${at.file}:${at.line}`;
		wanted.set(key, { address, port, origin, routes: { ...routes, ...add } });
	};
	for (const { health, ready, prometheus } of model.blocks) {
		want('health', health, { health: true });
		const before = ready && wanted.get(httpHostPort(ready.address, ready.port))?.routes.ready;
		want('ready', ready, { ready: before === 'continuously' ? before : ready?.monitor });
		want('prometheus', prometheus, { metrics: true });
	}
	return wanted;
}

/** ":8080", "127.0.0.1:8080", "[::1]:8080" */
export function httpHostPort(address: string, port: number): string {
	return address === '' ? `:${port}` : hostPort(address, port);
}
