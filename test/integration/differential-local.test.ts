/**
 * Goal: the directives that answer by themselves say what CoreDNS's plugins of that name say. Method: one Corefile for
 * both, and the same questions; what differs on purpose (docs/compatibility.md) is taken out before the comparison.
 */
import assert from 'node:assert/strict';
import { writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { after, describe, test } from 'node:test';
import { askUdp, NoAnswer, type Server, UdpClient } from '../support/integration/client.ts';
import { type Coredns, startCoredns, unlessCoredns } from '../support/integration/coredns.ts';
import { type Ask, makeQuery, type Reply } from '../support/integration/message.ts';
import { type Petrel, startPetrel, temporaryDirectory } from '../support/integration/petrel.ts';

const corefile = (port: number, hosts: string): string => `.:${port} {
	bind 127.0.0.1
	nsid node-7
	local
	any
	acl acl.test {
		block type A
		filter type AAAA
		drop type TXT
		allow
	}
	template ANY ANY invalid {
		rcode NXDOMAIN
		authority "invalid. 60 {{ .Class }} SOA ns.invalid. hostmaster.invalid. (1 60 60 60 60)"
		ederror 21 "Blocked according to RFC2606"
	}
	template IN A example {
		match (^|[.])ip-(?P<a>[0-9]*)-(?P<b>[0-9]*)-(?P<c>[0-9]*)-(?P<d>[0-9]*)[.]example[.]$
		answer "{{ .Name }} 60 IN A {{ .Group.a }}.{{ .Group.b }}.{{ .Group.c }}.{{ .Group.d }}"
		fallthrough
	}
	template IN MX example {
		match ^ip-10-(?P<b>[0-9]*)-(?P<c>[0-9]*)-(?P<d>[0-9]*)[.]example[.]$
		answer "{{ .Name }} 60 IN MX 10 {{ .Name }}"
		additional "{{ .Name }} 60 IN A 10.{{ .Group.b }}.{{ .Group.c }}.{{ .Group.d }}"
		authority "example. 60 IN NS ns0.example."
	}
	template IN TXT hex.test {
		match "^ip0a(?P<b>[a-f0-9]{2})[.]hex[.]test[.]$"
		answer "{{ .Name }} 1h TXT {{ parseInt .Group.b 16 8 }} {{ index .Match 0 }} {{ .Match }} {{ .Type }} {{ .Zone }}{{ .Remote -}} x {{ .Question.Name }}"
	}
	template IN SRV code.test {
		rcode REFUSED
	}
	template IN CNAME code.test {
		answer "{{ .Name }} CNAME target.code.test"
		answer "other.code.test. 5 IN CAA 0 issue \\"ca.example\\""
	}
	hosts ${hosts} test {
		192.0.2.77 one.test inline.test
		fallthrough up.test
		ttl 77
	}
	whoami
}
`;

const hostsText = `192.0.2.1 one.test both.test # twice
2001:db8::1 both.test
2001:DB8:0::2 six.test
192.0.2.9 *.wild.test
192.0.2.10 a.wild.test
999.1.1.1 bad.test
::ffff:192.0.2.12 mapped.test
fe80::1%lo0 scope.test
192.0.2.1 out.example
`;

const questions: readonly string[] = [
	'one.test A',
	'one.test AAAA',
	'both.test A',
	'both.test AAAA',
	'six.test A',
	'six.test AAAA',
	'six.test MX',
	'mapped.test A',
	'mapped.test AAAA',
	'scope.test AAAA',
	'bad.test A',
	'none.test A',
	'none.test TXT',
	'inline.test A',
	'x.wild.test A',
	'x.wild.test AAAA',
	'x.y.wild.test A',
	'a.wild.test A',
	'wild.test A',
	'1.2.0.192.in-addr.arpa PTR',
	'77.2.0.192.in-addr.arpa PTR',
	'1.0.0.0.0.0.0.0.0.0.0.0.0.0.0.0.0.0.0.0.0.0.0.0.8.b.d.0.1.0.0.2.ip6.arpa PTR',
	'a.invalid MX',
	'www.ip-10-1-2-3.example A',
	'ip-10-1-2-300.example A',
	'ip-10-1-2-3.example MX',
	'foo.example MX',
	'ip0a7b.hex.test TXT',
	'ip0azz.hex.test TXT',
	'x.code.test SRV',
	'x.code.test CNAME',
	'x ANY',
	'localhost A',
	'localhost AAAA',
	'localhost NS',
	'localhost SOA',
	'localhost MX',
	'foo.localhost A',
	'localhost.foo.test AAAA',
	'localhost.foo.test MX',
	'1.0.0.127.in-addr.arpa PTR',
	'1.0.0.127.in-addr.arpa A',
	'2.0.0.127.in-addr.arpa PTR',
	'127.in-addr.arpa A',
	'0.in-addr.arpa NS',
	'x.acl.test A',
	'x.acl.test AAAA',
	'x.acl.test MX',
];

/**
 * RA is petrel's own on every reply; an RCODE of an error may come with a code that says more; DO is the client's; and
 * clients without EDNS get none, where CoreDNS's `acl` and `ederror` add it all the same.
 */
function comparable({ rcode, flags, answers, authorities, opt, ede }: Reply, edns: boolean): unknown {
	return {
		rcode,
		flags: flags.replace(' ra', ''),
		answers,
		authorities,
		options: edns && opt?.options.filter((code) => code !== 15),
		ede: !edns || rcode === 'SERVFAIL' ? undefined : ede,
	};
}

describe('against the real CoreDNS', unlessCoredns(), async () => {
	let petrel: Petrel;
	let coredns: Coredns;
	const ready = (async () => {
		if (unlessCoredns().skip !== false) return;
		const hosts = join(await temporaryDirectory({ after }), 'hosts');
		writeFileSync(hosts, hostsText);
		coredns = await startCoredns({ after }, (port) => corefile(port, hosts));
		petrel = await startPetrel({ after }, corefile(0, hosts));
	})();

	for (const question of questions) {
		test(`the same answer to ${question}`, { timeout: 20_000 }, async () => {
			await ready;
			const [name, type] = question.split(' ');
			const nsid = { edns: { options: [{ code: 3, data: Buffer.alloc(0) }] } };
			for (const ask of [{ type }, { type, ...nsid }] satisfies Ask[]) {
				const [theirs, ours] = [await askUdp(coredns, name, ask), await askUdp(petrel, name, ask)];
				const edns = 'edns' in ask;
				assert.deepEqual(comparable(ours, edns), comparable(theirs, edns));
			}
		});
	}

	test('neither answers what acl drops', { timeout: 20_000 }, async () => {
		await ready;
		for (const server of [petrel, coredns] as Server[]) {
			const client = await UdpClient.open(server);
			const query = makeQuery('x.acl.test', { type: 'TXT' });
			await assert.rejects(client.exchange(query, 300), NoAnswer);
			client.close();
		}
	});
});
