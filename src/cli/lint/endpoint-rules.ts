/** HTTP endpoints and DNS ports that want the same place. One HTTP server answers all that name it in the same way. */
import type { ServerBlock, SourcePosition } from '../../config/model.ts';
import { hostPort } from '../../net/bind-error.ts';
import { directivesOf } from '../written.ts';
import type { LintContext } from './lint.ts';

const endpointDirectives = ['health', 'ready', 'prometheus'] as const;

interface Claim {
	readonly what: string;
	/** As it was written. */
	readonly name: string;
	/** Empty: every address. */
	readonly address: string;
	readonly port: number;
	readonly at: SourcePosition;
}

export function checkEndpoints({ model, written, found }: LintContext): void {
	const claims: Claim[] = [];
	for (const [number, block] of model.blocks.entries()) {
		for (const what of endpointDirectives) {
			const settings = block[what];
			const at = directivesOf(written[number], what).at(-1)?.name.at;
			if (settings === undefined || at === undefined) continue;
			const claim = {
				what: `\`${what}\``,
				name: settings.address,
				address: plain(settings.address),
				port: settings.port,
				at,
			};
			const other =
				claims.find((each) => each.name !== claim.name && collide(each, claim)) ??
				dnsClaim(model.blocks, claim);
			if (other) {
				const place = hostPort(claim.address || '*', claim.port);
				const message = `\`${what}\` wants ${place}, which ${other.what} (line ${other.at.line}) has`;
				found(
					'address-collides',
					at,
					message,
					'give each its own port, or write one address in the same way',
				);
			}
			claims.push(claim);
		}
	}
}

/** DNS over TCP is served on the port of the keys. */
function dnsClaim(blocks: readonly ServerBlock[], claim: Claim): Claim | undefined {
	for (const { at, bind, keys } of blocks) {
		for (const { port } of keys) {
			for (const address of bind.length > 0 ? bind : ['']) {
				const dns = { what: 'DNS over TCP', name: address, address: plain(address), port, at };
				if (collide(dns, claim)) return dns;
			}
		}
	}
	return undefined;
}

function collide(a: Claim, b: Claim): boolean {
	if (a.port !== b.port || a.port === 0) return false;
	return a.address === b.address || a.address === '' || b.address === '';
}

function plain(address: string): string {
	if (address === '0.0.0.0' || address === '::') return '';
	return address === 'localhost' ? '127.0.0.1' : address;
}
