/** Goal: what of `petrel load` is the same over every transport. Method: the real command. */
import assert from 'node:assert/strict';
import { test } from 'node:test';
import { startScriptedUpstream } from '../support/integration/house.ts';
import { runLoad } from '../support/integration/load.ts';

const limit = { timeout: 30_000 };

test('the highest rate is found, and is the one that the server keeps', limit, async (t) => {
	const upstream = await startScriptedUpstream(t, { always: 'limit400' });
	const rates = ['--rate', '300', '--max-rate', '600', '--confirm', '1'];
	const args = [upstream.target, '--max', 'refused<1%', '--duration', '1s', '--timeout', '100ms', ...rates];
	const { code, json, stdout } = await runLoad(t, args);
	assert.equal(code, 0, stdout);
	assert.ok(json!.answered_per_s > 100 && json!.answered_per_s < 450, stdout);
});

const refusals: Readonly<Record<string, [string[], RegExp]>> = {
	'a public target': [['8.8.8.8'], /8\.8\.8\.8 is a public address.*--i-own-this-target/],
	'a name for a target': [['dns.example'], /write an IP address/],
	'two modes': [
		['127.0.0.1', '--rate', '5', '--concurrency', '5'],
		/--rate and --concurrency exclude each other/,
	],
	'two workloads': [
		['127.0.0.1', '--names', '5', '--queries', 'x'],
		/--queries and --names both say what to ask/,
	],
	'a file that is not there': [['127.0.0.1', '--queries', '/nowhere/q.txt'], /\/nowhere\/q\.txt/],
	'a rate that is none': [['127.0.0.1', '--rate', 'fast'], /A rate is a number of queries a second/],
	'a threshold that is none': [['127.0.0.1', '--threshold', 'p98<2'], /p98<2/],
	'a result that cannot be written': [
		['127.0.0.1', '--html', '/nowhere/r.html'],
		/--html \/nowhere\/r\.html/,
	],
	'a hit ratio without a rate': [
		['127.0.0.1', '--hit-ratio', '90%', '--concurrency', '4'],
		/--hit-ratio needs --rate/,
	],
};

for (const [what, [args, message]] of Object.entries(refusals)) {
	test(`${what} is refused with exit code 2 before anything is sent`, limit, async (t) => {
		const { code, stderr } = await runLoad(t, args);
		assert.equal(code, 2, stderr);
		assert.match(stderr, message);
	});
}
