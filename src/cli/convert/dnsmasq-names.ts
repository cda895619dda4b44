/** Every option of dnsmasq: those that are converted (options.ts), and why the others are not. */

/** Options that a Corefile can say, or that hold here without being said. */
export const convertedOptions: readonly string[] = [
	...['server', 'local', 'rev-server', 'address', 'no-resolv', 'resolv-file', 'strict-order', 'servers-file'],
	...[
		'cache-size',
		'no-negcache',
		'max-ttl',
		'max-cache-ttl',
		'min-cache-ttl',
		'use-stale-cache',
		'local-ttl',
	],
	...['listen-address', 'interface', 'except-interface', 'port', 'bind-interfaces', 'bind-dynamic'],
	...['addn-hosts', 'no-hosts', 'host-record', 'expand-hosts', 'domain', 'cname', 'ptr-record', 'txt-record'],
	...['domain-needed', 'bogus-priv', 'filter-A', 'filter-AAAA', 'dns-forward-max', 'edns-packet-max'],
	...['log-queries', 'conf-file', 'conf-dir', 'dns-loop-detect'],
];

/** Options that need nothing: petrel does so anyway, or they are about the process. */
export const needlessOptions: Readonly<Record<string, string>> = {
	...same('petrel runs as whoever starts it', ['user', 'group']),
	...same('petrel stays in the foreground', ['keep-in-foreground', 'no-daemon']),
	...same('petrel writes no such file; the service manager knows the process', ['pid-file']),
	...same('petrel logs to stderr, without blocking', ['log-facility', 'log-async', 'log-debug']),
	...same('a resolv.conf is read again when it changes', ['no-poll', 'clear-on-reload']),
	...same('petrel asks from random ports', ['query-port', 'min-port', 'max-port', 'port-limit']),
	...same('petrel keeps the order of records', ['no-round-robin', 'localise-queries']),
	...same('it only changes logging of dnsmasq', ['quiet-dns', 'log-malloc', 'dumpfile', 'dumpmask']),
	...same('petrel does not answer about itself', ['no-ident']),
	...same('petrel adds nothing to queries', ['strip-mac', 'strip-subnet', 'no-0x20-encode']),
	...same('petrel tries the next upstream after `read_timeout`', ['fast-dns-retry']),
	...same('Windows queries are forwarded as any other', ['filterwin2k']),
	...same('records of every type are cached', ['cache-rr']),
};

const dhcp =
	'petrel is no DHCP server: keep one beside it, such as Kea. Names of its leases are not known here';
const boot = 'petrel does not boot machines: keep a TFTP or PXE server beside it';
const auth = 'petrel is not authoritative for zones: keep a server that is, and forward its zone there';
const sets = 'petrel does not fill firewall sets';
const check = 'petrel does not look at the addresses in answers';
const validate = 'petrel does not validate DNSSEC: name an upstream that does; its AD flag is passed on';
const add = 'petrel adds no data about clients to queries';
const record = 'write it as `template`, see docs/corefile.md';

/** Options whose effect is lost, and why. */
export const lostOptions: Readonly<Record<string, string>> = {
	...same(dhcp, [
		...['dhcp-range', 'dhcp-host', 'dhcp-hostsfile', 'dhcp-hostsdir', 'dhcp-optsfile', 'dhcp-optsdir'],
		...[
			'dhcp-option',
			'dhcp-option-force',
			'dhcp-vendorclass',
			'dhcp-userclass',
			'dhcp-mac',
			'dhcp-circuitid',
		],
		...['dhcp-remoteid', 'dhcp-subscrid', 'dhcp-ignore', 'dhcp-ignore-names', 'dhcp-generate-names'],
		...['dhcp-broadcast', 'dhcp-no-override', 'dhcp-proxy', 'dhcp-alternate-port', 'dhcp-lease-max'],
		...['dhcp-leasefile', 'dhcp-authoritative', 'dhcp-rapid-commit', 'dhcp-script', 'dhcp-luascript'],
		...['dhcp-scriptuser', 'dhcp-fqdn', 'dhcp-client-update', 'dhcp-match', 'dhcp-name-match', 'dhcp-duid'],
		...[
			'dhcp-relay',
			'dhcp-reply-delay',
			'dhcp-sequential-ip',
			'dhcp-ignore-clid',
			'dhcp-ttl',
			'dhcp-no-ping',
		],
		...['dhcp-pxe-vendor', 'dhcp-split-relay', 'dhcp-option-pxe', 'no-dhcp-interface', 'no-dhcpv4-interface'],
		...[
			'no-dhcpv6-interface',
			'no-ping',
			'read-ethers',
			'leasefile-ro',
			'leasequery',
			'log-dhcp',
			'quiet-dhcp',
		],
		...[
			'quiet-dhcp6',
			'quiet-ra',
			'script-arp',
			'script-on-renewal',
			'shared-network',
			'tag-if',
			'bridge-interface',
		],
		...['enable-ra', 'ra-param'],
	]),
	...same(boot, [
		...['enable-tftp', 'tftp-root', 'tftp-no-fail', 'tftp-unique-root', 'tftp-secure', 'tftp-lowercase'],
		...['tftp-max', 'tftp-mtu', 'tftp-no-blocksize', 'tftp-port-range', 'tftp-single-port', 'quiet-tftp'],
		...['dhcp-boot', 'bootp-dynamic', 'pxe-service', 'pxe-prompt'],
	]),
	...same(auth, ['auth-server', 'auth-zone', 'auth-soa', 'auth-sec-servers', 'auth-peer', 'auth-ttl']),
	...same(sets, ['ipset', 'nftset', 'connmark-allowlist', 'connmark-allowlist-enable', 'conntrack']),
	...same(check, [
		...[
			'stop-dns-rebind',
			'rebind-localhost-ok',
			'rebind-domain-ok',
			'bogus-nxdomain',
			'ignore-address',
			'alias',
		],
	]),
	...same(validate, [
		...['dnssec', 'trust-anchor', 'dnssec-check-unsigned', 'dnssec-no-timecheck', 'dnssec-timestamp'],
		...['dnssec-debug', 'dnssec-limits', 'proxy-dnssec'],
	]),
	...same(add, ['add-mac', 'add-subnet', 'add-cpe-id', 'umbrella', 'do-0x20-encode']),
	...same(record, [
		...['mx-host', 'mx-target', 'selfmx', 'localmx', 'srv-host', 'naptr-record', 'caa-record', 'dns-rr'],
		...['interface-name', 'dynamic-host', 'synth-domain', 'filter-rr'],
	]),
	'all-servers': 'petrel asks one upstream after the other; the first that fails is left for the next',
	'neg-ttl': 'a denial without an SOA record says no time, and is not kept (RFC 2308)',
	'local-service': 'petrel answers whoever reaches it: bind to addresses of the local network, or use `acl`',
	'max-tcp-connections': 'the number of TCP connections is not configured by the Corefile',
	hostsdir: 'a directory of hosts files is not watched: name one file with `hosts`',
	...same('petrel has no such interface', ['enable-dbus', 'enable-ubus']),
	'conf-script': 'petrel runs no program for its configuration: run it yourself and convert what it writes',
};

export const dnsmasqOptions: ReadonlySet<string> = new Set([
	...convertedOptions,
	...Object.keys(needlessOptions),
	...Object.keys(lostOptions),
]);

function same(reason: string, names: readonly string[]): Record<string, string> {
	return Object.fromEntries(names.map((name) => [name, reason]));
}
