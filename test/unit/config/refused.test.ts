/** What CoreDNS has and petrel has not: known by name, refused with its place and with what to do. */
import assert from 'node:assert/strict';
import { test } from 'node:test';
import { refusedDirectives } from '../../../src/config/directives/refused.ts';
import { directiveTable } from '../../../src/config/directives/table.ts';
import { assertError, load } from './support.ts';

/** The plugins that CoreDNS 1.14.7 is built with, by its `-plugins`, and Caddy's own directives. */
const coredns = [
	'acl any auto autopath azure bind bufsize cache cancel chaos clouddns debug dns64 dnssec dnstap erratic errors etcd',
	'file forward geoip grpc grpc_server header health hosts https https3 k8s_external kubernetes loadbalance local log',
	'loop metadata minimal multisocket nomad nsid on pprof prometheus proxyproto quic ready reload rewrite root route53',
	'secondary shed sign template timeouts tls trace transfer tsig view whoami import',
]
	.join(' ')
	.split(' ');

test('every plugin of CoreDNS 1.14.7 is a directive, or refused by name', () => {
	const unknown = coredns.filter((name) => !directiveTable.has(name) && !refusedDirectives.has(name));
	assert.deepEqual(unknown, []);
});

test('nothing is both a directive and refused', () => {
	const both = [...directiveTable.keys()].filter((name) => refusedDirectives.has(name));
	assert.deepEqual(both, []);
});

for (const [name, { instead }] of refusedDirectives) {
	test(`${name} is refused with what to do`, () => {
		assertError(`. {\nwhoami\n${name} a b\n}`, { at: '3:1', message: /petrel does not have/ });
		const { errors } = load(`. {\nwhoami\n${name} a b\n}`);
		assert.equal(errors[0].hint, instead.length > 500 ? `${instead.slice(0, 500)}…` : instead);
	});
}

for (const directive of directiveTable.values()) {
	for (const option of Object.keys(directive.refusedOptions ?? {})) {
		test(`${directive.name} { ${option} } is refused with what to do`, () => {
			const { errors } = load(`. {\n${directive.name} {\n${option} a\n}\n}`);
			const own = errors.find(({ at }) => at.line === 3);
			assert.match(own?.message ?? '', /does not have/);
			assert.equal(own?.hint, directive.refusedOptions![option]);
		});
	}
}
