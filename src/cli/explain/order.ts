import type { Step } from './question.ts';

/** Directives in the order in which they act on a query; those on the way back come last. */
const order: readonly string[] = [
	...[
		'bind',
		'bufsize',
		'timeouts',
		'acl',
		'debug',
		'health',
		'ready',
		'prometheus',
		'reload',
		'log',
		'errors',
	],
	...['nsid', 'any', 'rewrite', 'local', 'loop', 'whoami', 'template', 'hosts', 'cache', 'dns64'],
	...['header query', 'forward', 'loadbalance', 'minimal', 'header response'],
];

/** Steps of one directive keep their order; what the list does not know comes where `cache` does. */
export function inOrder(steps: readonly Step[]): Step[] {
	return [...steps].sort((a, b) => placeOf(a) - placeOf(b));
}

function placeOf({ directive }: Step): number {
	const exact = order.indexOf(directive);
	const place = exact >= 0 ? exact : order.indexOf(directive.split(' ')[0]);
	return place >= 0 ? place : order.indexOf('cache');
}
