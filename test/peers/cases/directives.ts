/**
 * One directive a case, named after it: the same Corefile has to mean the same. Those that petrel does not have are
 * skipped, with what `petrel check` says.
 */
import type { Ask } from '../../support/integration/message.ts';
import { corefile, type PeerCase } from '../case.ts';

const forward = 'forward . UPSTREAM';

interface Question {
	readonly name: string;
	readonly ask?: Ask;
	readonly transport?: 'udp' | 'tcp';
}

/** Lines before `forward`, and questions for names below the case's zone, which is `ID.test`. */
function directive(
	id: string,
	what: string,
	lines: readonly string[],
	questions: readonly Question[],
): PeerCase {
	return {
		id,
		what,
		corefile: corefile(...lines, forward),
		async run(session, zone) {
			for (const [i, { name, ask = {}, transport }] of questions.entries()) {
				const whole = name === '' ? zone : `${name}.${zone}`;
				const step = [`${i + 1}.`, name, ask.type ?? 'A', transport]
					.filter((word) => word !== undefined)
					.join(' ');
				await session.ask(step, whole, ask, transport ? { transport } : {});
			}
		},
	};
}

const edns = (sizeBytes: number): Ask => ({ edns: { sizeBytes } });
const aaaa: Ask = { type: 'AAAA' };

export const directiveCases: readonly PeerCase[] = [
	directive(
		'T99',
		'no AAAA, by `template`',
		['template IN AAAA {', '\trcode NOERROR', '}', 'cache'],
		[{ name: 'www', ask: aaaa }, { name: 'www' }, { name: 'www', ask: { type: 'AAAA', edns: {} } }],
	),
	directive(
		'template',
		'`template` with match, answer and fallthrough',
		[
			'template IN A template.test {',
			'\tmatch ^ip-(?P<a>[0-9]+)-(?P<b>[0-9]+)-(?P<c>[0-9]+)-(?P<d>[0-9]+)[.]template[.]test[.]$',
			'\tanswer "{{ .Name }} 60 IN A {{ .Group.a }}.{{ .Group.b }}.{{ .Group.c }}.{{ .Group.d }}"',
			'\tfallthrough',
			'}',
			'template ANY ANY denied.template.test {',
			'\trcode NXDOMAIN',
			'}',
		],
		[{ name: 'ip-192-0-2-7' }, { name: 'www' }, { name: 'a.denied' }, { name: 'a.denied', ask: aaaa }],
	),
	directive(
		'hosts',
		'`hosts` with lines and fallthrough',
		[
			'hosts {',
			'\t192.0.2.10 a.hosts.test b.hosts.test',
			'\t2001:db8::10 a.hosts.test',
			'\tfallthrough',
			'}',
			'cache',
		],
		[
			{ name: 'a' },
			{ name: 'b' },
			{ name: 'a', ask: aaaa },
			{ name: 'b', ask: aaaa },
			{ name: 'a', ask: { type: 'MX' } },
			{ name: 'c' },
		],
	),
	directive(
		'rewrite',
		'`rewrite` of names with answers, and of types',
		[
			'rewrite stop {',
			'\tname exact old.rewrite.test new.rewrite.test',
			'\tanswer auto',
			'}',
			'rewrite stop {',
			'\tname suffix .from.rewrite.test .to.rewrite.test answer auto',
			'}',
			'rewrite stop type MX SRV',
			'cache',
		],
		[
			{ name: 'old' },
			{ name: 'old' },
			{ name: 'www.from' },
			{ name: 'www', ask: { type: 'MX' } },
			{ name: 'www' },
		],
	),
	directive(
		'minimal',
		'`minimal`',
		['minimal', 'cache'],
		[{ name: 'www' }, { name: 'nx' }, { name: 'nodata' }],
	),
	directive('any', '`any`', ['any', 'cache'], [{ name: 'www', ask: { type: 'ANY' } }, { name: 'www' }]),
	directive(
		'nsid',
		'`nsid`',
		['nsid node-7', 'cache'],
		[
			{ name: 'www', ask: { edns: { options: [{ code: 3, data: new Uint8Array() }] } } },
			{ name: 'www', ask: { edns: {} } },
		],
	),
	directive('local', '`local`', ['local', 'cache'], [{ name: 'www' }, { name: 'localhost' }]),
	directive(
		'dns64',
		'`dns64`',
		['dns64', 'cache'],
		[
			{ name: 'nodata.www', ask: aaaa },
			{ name: 'www', ask: aaaa },
			{ name: 'nx', ask: aaaa },
		],
	),
	directive(
		'acl',
		'`acl` that blocks a type and filters another',
		['acl {', '\tblock type MX', '\tfilter type TXT', '}', 'cache'],
		[{ name: 'www' }, { name: 'www', ask: { type: 'MX' } }, { name: 'www', ask: { type: 'TXT', edns: {} } }],
	),
	directive(
		'bufsize',
		'`bufsize 512`',
		['bufsize 512', 'cache'],
		[
			{ name: 'count59', ask: edns(4096) },
			{ name: 'count59', transport: 'tcp' },
			{ name: 'count59', ask: edns(4096) },
		],
	),
	directive(
		'disable',
		'`cache` with `disable` for a zone, and `keepttl`',
		['cache {', '\tdisable denial disable.test', '\tkeepttl', '}'],
		[{ name: 'nx' }, { name: 'nx' }, { name: 'www' }, { name: 'www' }],
	),
	directive(
		'ttls',
		'`cache` with MINTTL and TTL',
		['cache {', '\tsuccess 9984 20 10', '\tdenial 9984 15 10', '}'],
		[{ name: 'ttl1' }, { name: 'ttl1' }, { name: 'ttl300' }, { name: 'nx' }, { name: 'nx.soattl1.soamin1' }],
	),
	{
		id: 'whoami',
		what: '`whoami`',
		corefile: '.:PORT {\n\tbind 127.0.0.1\n\twhoami\n}\n',
		upstreams: 1,
		async run(session, zone) {
			// The client's port is in the answer, and it has another for each server.
			const seen = await session.ask('asked', `www.${zone}`);
			session.note('asked', 'additional', seen.get('additional')!.replace(/\b\d{4,5}\b/g, 'PORT'));
		},
	},
	{
		id: 'except',
		what: '`forward` with `except`',
		corefile: corefile('forward . UPSTREAM {', '\texcept no.except.test', '}'),
		async run(session, zone) {
			await session.ask('elsewhere', `www.${zone}`);
			await session.ask('within', `www.no.${zone}`);
		},
	},
	{
		id: 'zones',
		what: 'a name in no server block',
		corefile: 'zones.test:PORT {\n\tbind 127.0.0.1\n\tforward . UPSTREAM\n}\n',
		async run(session, zone) {
			await session.ask('within', `www.${zone}`);
			await session.ask('elsewhere', 'www.elsewhere.test', { edns: {} });
		},
	},
];
