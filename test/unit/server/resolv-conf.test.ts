import assert from 'node:assert/strict';
import { mkdtempSync, renameSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { after, test } from 'node:test';
import {
	parseResolvConf,
	type ResolvConf,
	readResolvConf,
	watchResolvConf,
} from '../../../src/server/resolv-conf.ts';

const rows: { name: string; text: string; nameservers: string[] }[] = [
	{ name: 'one nameserver', text: 'nameserver 192.0.2.1\n', nameservers: ['192.0.2.1'] },
	{
		name: 'file order, IPv4 and IPv6',
		text: 'nameserver 192.0.2.2\nnameserver 2001:db8::1\nnameserver 192.0.2.1\n',
		nameservers: ['192.0.2.2', '2001:db8::1', '192.0.2.1'],
	},
	{ name: 'a scope id stays', text: 'nameserver fe80::1%eth0', nameservers: ['fe80::1%eth0'] },
	{
		name: 'comments, search and options are passed over',
		text: '# nameserver 192.0.2.9\n; nameserver 192.0.2.8\nsearch a.example b.example\noptions ndots:5\nnameserver 192.0.2.1 # local\n',
		nameservers: ['192.0.2.1'],
	},
	{ name: 'tabs, leading blanks, CRLF', text: '\t nameserver\t192.0.2.1\r\n', nameservers: ['192.0.2.1'] },
	{ name: 'a name instead of an address is passed over', text: 'nameserver dns.example\n', nameservers: [] },
	{ name: 'a keyword without a value is passed over', text: 'nameserver\n', nameservers: [] },
	{ name: 'a longer keyword is another one', text: 'nameservers 192.0.2.1\n', nameservers: [] },
	{
		name: 'duplicates once',
		text: 'nameserver 192.0.2.1\nnameserver 192.0.2.1\n',
		nameservers: ['192.0.2.1'],
	},
	{
		name: 'no more than a forward can have',
		text: Array.from({ length: 20 }, (_, i) => `nameserver 192.0.2.${i}`).join('\n'),
		nameservers: Array.from({ length: 15 }, (_, i) => `192.0.2.${i}`),
	},
	{ name: 'empty', text: '', nameservers: [] },
];

for (const { name, text, nameservers } of rows) {
	test(`resolv.conf: ${name}`, () => assert.deepEqual(parseResolvConf(text), nameservers));
}

const folder = mkdtempSync(join(tmpdir(), 'petrel-resolv-'));
after(() => rmSync(folder, { recursive: true }));

test('a missing and an empty resolv.conf say what is wrong', async () => {
	const path = join(folder, 'none');
	assert.deepEqual(await readResolvConf(path), { nameservers: [], problem: `${path} does not exist` });
	writeFileSync(path, '# nothing\n');
	assert.deepEqual(await readResolvConf(path), { nameservers: [], problem: `${path} names no nameserver` });
});

test('a folder instead of a file is no nameserver and no exception', async () => {
	const { nameservers, problem } = await readResolvConf(folder);
	assert.deepEqual(nameservers, []);
	assert.match(problem ?? '', /cannot be read/);
});

test('a change is seen when the file is replaced by renaming, and only when its nameservers changed', async () => {
	const path = join(folder, 'resolv.conf');
	writeFileSync(path, 'nameserver 192.0.2.1\n');
	const seen: ResolvConf[] = [];
	let onSeen = (): void => {};
	const next = (): Promise<void> => new Promise((resolve) => (onSeen = resolve));
	const first = await readResolvConf(path);
	const watch = watchResolvConf(
		path,
		first,
		(now) => {
			seen.push(now);
			onSeen();
		},
		5,
	);
	const changed = next();
	writeFileSync(path, 'nameserver 192.0.2.1\n# a comment more\n');
	writeFileSync(`${path}.new`, 'nameserver 192.0.2.2\n');
	renameSync(`${path}.new`, path);
	await changed;
	const gone = next();
	rmSync(path);
	await gone;
	watch.close();
	assert.deepEqual(
		seen.map(({ nameservers }) => nameservers),
		[['192.0.2.2'], []],
	);
});
