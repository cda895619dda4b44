import type { Model, ServerBlock } from '../config/model.ts';
import { serverLabel } from './series-names.ts';
import type { Endpoint } from './shard-messages.ts';

/** A handler of CoreDNS that a block has, and by what that shows in the model. */
const handlers: Readonly<Record<string, (block: ServerBlock) => boolean>> = {
	acl: ({ acl }) => acl.length > 0,
	any: ({ any }) => any,
	cache: ({ cache }) => cache !== undefined,
	dns64: ({ dns64 }) => dns64 !== undefined,
	errors: ({ errors }) => errors !== undefined,
	forward: ({ forwards }) => forwards.length > 0,
	header: ({ header }) => header.query.length + header.response.length > 0,
	hosts: ({ hosts }) => hosts !== undefined,
	loadbalance: ({ loadbalance }) => loadbalance !== undefined,
	local: ({ local }) => local !== undefined,
	log: ({ log }) => log.length > 0,
	loop: ({ loop }) => loop,
	minimal: ({ minimal }) => minimal,
	nsid: ({ nsid }) => nsid !== undefined,
	prometheus: ({ prometheus }) => prometheus !== undefined,
	rewrite: ({ rewrites }) => rewrites.length > 0,
	template: ({ templates }) => templates.length > 0,
	whoami: ({ whoami }) => whoami,
};

export interface EnabledPlugin {
	readonly server: string;
	readonly zone: string;
	readonly name: string;
}

/** `coredns_plugin_enabled`: the directives that answer or change answers, by server and zone, each once. */
export function enabledPlugins(
	model: Model,
	endpoints: Iterable<Endpoint>,
	hasListen: boolean,
): EnabledPlugin[] {
	const rows = new Map<string, EnabledPlugin>();
	for (const endpoint of endpoints) {
		const server = serverLabel(endpoint, model, hasListen);
		for (const number of endpoint.blocks) {
			const block = model.blocks[number];
			const names = Object.keys(handlers).filter((name) => handlers[name](block));
			for (const { zone, port } of block.keys) {
				if (endpoint.keyPort !== undefined && port !== endpoint.keyPort) continue;
				for (const name of names) rows.set(`${server} ${zone} ${name}`, { server, zone, name });
			}
		}
	}
	return [...rows.values()];
}
