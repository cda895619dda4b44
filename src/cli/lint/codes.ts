/** The codes of findings that `petrel check` has beside errors, for what reads its output: they are never renamed. */
export const findingCodes = {
	'address-collides': [
		'warning',
		'`health`, `ready`, `prometheus` or the DNS port want the same address and port',
	],
	'answers-nothing': ['warning', 'a block has nothing that answers, so everything gets REFUSED'],
	'cache-capacity': ['warning', 'the capacity of `success` or `denial` bounds nothing here'],
	'cache-time-as-zone': ['warning', '`cache 3600s` names a zone, not a time'],
	'caches-nothing': ['warning', 'no name of the block is in the zones of its `cache`'],
	'clears-rd': ['note', 'queries to upstreams have RD=0, so a resolver answers only from its cache'],
	'forward-order': ['note', 'CoreDNS takes the first `forward` that matches, petrel the longest'],
	'forwards-nothing': ['warning', '`except` names all that the `forward` takes'],
	'listens-everywhere': ['warning', 'no `bind` beside blocks that have one, on the same port'],
	'loops-to-itself': ['warning', 'an upstream is petrel itself, and leads back to the same `forward`'],
	'no-bind': [
		'note',
		'no `bind` on port 53: with the network of the host, petrel listens on all its addresses',
	],
	'no-cache': ['note', 'a block forwards and keeps nothing'],
	'no-effect': ['warning', 'a directive or option is accepted and does nothing'],
	'no-errors': ['note', 'a block does not log failures'],
	'no-loop-check': ['note', 'a block forwards where a loop is likely, without `loop`'],
	'no-max-concurrent': ['note', 'a `forward` sets no limit to queries under way'],
	'no-reload': ['note', 'a changed file is read again only after a signal'],
	'prometheus-in-some-blocks': ['warning', 'blocks without `prometheus` are not measured'],
	'resolv-conf-stub': [
		'warning',
		"a resolv.conf names systemd-resolved's stub, which may lead back to petrel",
	],
	'resolv-conf-unusable': ['warning', 'a resolv.conf is not there or names no server'],
	'upstream-twice': ['warning', 'a `forward` names an upstream twice'],
} as const satisfies Readonly<Record<string, readonly ['warning' | 'note', string]>>;

export type FindingCode = keyof typeof findingCodes;
