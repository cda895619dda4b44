/**
 * Goal: the query log is CoreDNS's, to the octet. Method: the real CoreDNS and petrel stand before one upstream and are
 * asked the same; their lines are compared, with the client's port, the ID and the duration left out. Not compared: AA,
 * which CoreDNS sets on every answer from its cache and petrel on none; and the order of lines, since CoreDNS writes a
 * line after the answer, when the next query may be under way.
 */
import assert from 'node:assert/strict';
import { type TestContext, test } from 'node:test';
import { askTcp, askUdp, type Server } from '../support/integration/client.ts';
import { type Coredns, startCoredns, unlessCoredns } from '../support/integration/coredns.ts';
import { startScriptedUpstream } from '../support/integration/house.ts';
import type { Ask } from '../support/integration/message.ts';
import { type Petrel, startPetrel } from '../support/integration/petrel.ts';
import { settled, until } from '../support/integration/until.ts';

interface Pair {
	readonly coredns: Coredns;
	readonly petrel: Petrel;
}

async function startBoth(t: TestContext, lines: string): Promise<Pair> {
	const upstream = await startScriptedUpstream(t, { aa: false });
	const body = `\tforward . ${upstream.target} {\n\t\tmax_fails 0\n\t}\n${lines}\n}\n`;
	const coredns = await startCoredns(t, (port) => `.:${port} {\n\tbind 127.0.0.1\n${body}`);
	return { coredns, petrel: await startPetrel(t, `. {\n${body}`, { workers: 1 }) };
}

function linesOf(stdout: string): string[] {
	return stdout
		.split('\n')
		.filter((line) => line.startsWith('[INFO] ') && !line.startsWith('[INFO] plugin/'))
		.map((line) =>
			line
				.replace(/(127\.0\.0\.1):\d+/, '$1:P')
				.replace(/ - \d+ /, ' - I ')
				.replace(/ID \d+/, 'ID I')
				.replace(/\b\d+(\.\d+)?s\b/, 'Ds')
				.replace(/\bqr,aa,/, 'qr,'),
		);
}

/** Asks both, one query after the other, and waits for the last line, that of `end.demo`. */
async function compare(
	t: TestContext,
	lines: string,
	questions: readonly (readonly [name: string, ask?: Ask])[],
	ask: (server: Server, name: string, ask?: Ask) => Promise<unknown>,
): Promise<string[]> {
	const both = await startBoth(t, lines);
	for (const [name, options] of [...questions, ['end.demo'] as const]) {
		for (const server of [both.coredns, both.petrel]) await ask(server, name, options);
	}
	const outputs = [both.coredns.child, both.petrel.child];
	await until(() => outputs.every(({ stdout }) => stdout.includes('end.demo.')));
	await settled(() => outputs.map(({ stdout }) => stdout.length).join());
	const [theirs, ours] = outputs.map(({ stdout }) => linesOf(stdout).sort());
	assert.deepEqual(ours, theirs);
	return ours;
}

const edns = { sizeBytes: 4096 };
const questions: readonly (readonly [name: string, ask?: Ask])[] = [
	['www.demo'],
	['WwW.Demo'],
	['www.demo', { edns: { sizeBytes: 1232 } }],
	['a.demo', { edns: { ...edns, dnssecOk: true } }],
	['a.demo', { edns: { ...edns, dnssecOk: true } }],
	['small.demo', { edns: { sizeBytes: 100 } }],
	['cookie.demo', { edns: { options: [{ code: 10, data: new Uint8Array(8) }] } }],
	['nx.demo'],
	['nx.demo'],
	['nxnosoa.demo'],
	['nodata.demo'],
	['nodatanosoa.demo'],
	['cname.demo'],
	['cname.demo'],
	['nxcname.demo'],
	['cnameonly.demo'],
	['servfail.demo'],
	['refused.demo'],
	['notimp.demo'],
	['formerr.demo'],
	['count4.demo'],
	['count40.demo', { edns }],
	['count40.demo', { edns }],
	['mx.demo', { type: 'MX' }],
	['mx.demo', { type: 'MX' }],
	['srv.demo', { type: 'SRV' }],
	['ptr.demo', { type: 'PTR' }],
	['soa.demo', { type: 'SOA' }],
	['ns.demo', { type: 'NS' }],
	['dnssec.demo', { edns: { dnssecOk: true } }],
	['caa.demo', { type: 257 }],
	['https.demo', { type: 65 }],
	['eui.demo', { type: 108 }],
	['zero.demo', { type: 0 }],
	['any.demo', { type: 255 }],
	['axfr.demo', { type: 252 }],
	['unknown.demo', { type: 65_280 }],
	['.', { type: 'NS' }],
	["it's@(odd);$.demo"],
	['cd.demo', { cd: true, ad: true }],
	['rd0.demo', { rd: false }],
	['chaos.demo', { class: 3, type: 'TXT' }],
	['class9.demo', { class: 9 }],
];

const longFormat =
	'"{local} {remote} {proto} {type}/{class} {name} {size} ID {>id} {>opcode} {>do} {>bufsize} {rcode} {rsize} {>rflags} {/a/b} {x} {"';

for (const [transport, ask] of [
	['UDP', askUdp],
	['TCP', askTcp],
] as const) {
	test(`lines are those of CoreDNS, by ${transport}, with a cache`, unlessCoredns(), async (t) => {
		const lines = await compare(t, '\tcache 3600\n\tlog', questions, ask);
		assert.equal(lines.length, questions.length + 1);
	});

	test(`lines of other formats are those of CoreDNS, by ${transport}`, unlessCoredns(), async (t) => {
		const lines = `\tlog nx.demo ns.demo {combined}\n\tlog . ${longFormat}`;
		await compare(
			t,
			lines,
			questions.filter(([, options]) => options?.edns === undefined),
			ask,
		);
	});
}

for (const only of ['success', 'denial', 'error', 'denial error']) {
	test(`of class ${only} are the responses that are it for CoreDNS`, unlessCoredns(), async (t) => {
		const logs = `\tlog end.demo\n\tlog quiet.demo {\n\t\tclass error\n\t}\n\tlog . {\n\t\tclass ${only}\n\t}`;
		const lines = await compare(t, `\tcache 3600\n${logs}`, questions, askUdp);
		assert.ok(lines.length > 1 && lines.length <= questions.length);
	});
}
