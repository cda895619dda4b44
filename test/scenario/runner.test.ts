/**
 * Goal: a scenario that does not hold fails, at its line and with what came instead; a runner that lets things pass would
 * prove nothing. Method: small scenarios with one fault each.
 */
import assert from 'node:assert/strict';
import { test } from 'node:test';
import { readScenario } from '../support/scenario/read-scenario.ts';
import { runScenario } from '../support/scenario/run.ts';

const config = 'CONFIG\n. {\n\tforward . 192.0.2.1\n\tcache\n}\nCONFIG_END\nSCENARIO_BEGIN a title\n';
/** The number of the first line behind `config`. */
const firstLine = 8;

function run(steps: string): void {
	runScenario(readScenario('x.rpl', `${config}${steps}\nSCENARIO_END\n`));
}

const answered = `STEP 1 QUERY www.example. A
STEP 2 REPLY | www.example. 60 IN A 192.0.2.7`;

interface Row {
	readonly what: string;
	readonly steps: string;
	/** Of the steps, from 0. */
	readonly line: number;
	readonly message: RegExp;
}

const rows: readonly Row[] = [
	{
		what: 'an answer with other records',
		steps: `${answered}\nSTEP 3 CHECK_ANSWER | www.example. 60 IN A 192.0.2.8`,
		line: 2,
		message: /the answer section differs\nexpected[\s\S]*192\.0\.2\.8[\s\S]*got[\s\S]*192\.0\.2\.7/,
	},
	{
		what: 'an answer with another TTL',
		steps: `${answered}\nSTEP 3 CHECK_ANSWER | www.example. 59 IN A 192.0.2.7`,
		line: 2,
		message: /the answer section differs/,
	},
	{
		what: 'an answer with a record more',
		steps: `${answered}\nSTEP 3 CHECK_ANSWER`,
		line: 2,
		message: /the answer section differs/,
	},
	{
		what: 'an answer with other flags',
		steps: `${answered}\nSTEP 3 CHECK_ANSWER AA RD RA | www.example. 60 IN A 192.0.2.7`,
		line: 2,
		message: /the list of flags differs: QR RD RA/,
	},
	{
		what: 'an answer with another RCODE',
		steps: `${answered}\nSTEP 3 CHECK_ANSWER MATCH=rcode NXDOMAIN`,
		line: 2,
		message: /the RCODE differs: NOERROR/,
	},
	{
		what: 'an Extended DNS Error that is not there',
		steps: 'STEP 1 QUERY x. A EDNS=1232\nSTEP 2 REPLY REFUSED\nSTEP 3 CHECK_ANSWER REFUSED EDE=3',
		line: 2,
		message: /the OPT differs: EDE none/,
	},
	{
		what: 'an answer that is larger than allowed',
		steps: `${answered}\nSTEP 3 CHECK_ANSWER MATCH=size=40`,
		line: 2,
		message: /it has 56 octets, more than 40/,
	},
	{
		what: 'an answer that does not come',
		steps: 'STEP 1 QUERY www.example. A\nSTEP 2 CHECK_ANSWER',
		line: 1,
		message: /there is no answer; queries of these steps wait: 1/,
	},
	{
		what: 'fewer answers than expected',
		steps: `${answered}\nSTEP 3 CHECK_ANSWER TIMES 2 MATCH=none`,
		line: 2,
		message: /there is no further answer after 1; nobody waits/,
	},
	{
		what: 'an answer where none should be',
		steps: `${answered}\nSTEP 3 NO_ANSWER`,
		line: 2,
		message: /the query of step 1 has an answer/,
	},
	{
		what: 'an answer that nobody checked',
		steps: answered,
		line: 1,
		message: /the query of step 1 has an answer that no step checked/,
	},
	{
		what: 'a client that still waits',
		steps: 'STEP 1 QUERY www.example. A\nSTEP 2 CHECK_OUT_QUERY www.example. A\nSTEP 3 NO_ANSWER',
		line: 2,
		message:
			/for www\.example\. IN A to 192\.0\.2\.1, sent in step 1, is unanswered\nthe query of step 1 still waits/,
	},
	{
		what: 'an upstream query that nobody expected',
		steps: 'STEP 1 QUERY www.example. A\nSTEP 2 TIME_PASSES ELAPSE 5\nSTEP 3 CHECK_ANSWER SERVFAIL',
		line: 2,
		message: /the query for www\.example\. IN A to 192\.0\.2\.1, sent in step 1, is unexpected/,
	},
	{
		what: 'an upstream query for something else',
		steps: 'STEP 1 QUERY www.example. A\nSTEP 2 CHECK_OUT_QUERY www.example. AAAA',
		line: 1,
		message: /the type differs: 1/,
	},
	{
		what: 'an upstream query by another transport',
		steps: 'STEP 1 QUERY www.example. A\nSTEP 2 CHECK_OUT_QUERY www.example. A TCP',
		line: 1,
		message: /it went by UDP/,
	},
	{
		what: 'an upstream query to another address',
		steps: 'STEP 1 QUERY www.example. A\nSTEP 2 CHECK_OUT_QUERY www.example. A AT 192.0.2.2',
		line: 1,
		message: /it went to 192\.0\.2\.1, not 192\.0\.2\.2/,
	},
	{
		what: 'an upstream query with other flags',
		steps: 'STEP 1 QUERY www.example. A\nSTEP 2 CHECK_OUT_QUERY www.example. A RD',
		line: 1,
		message: /the list of flags differs: RD AD/,
	},
	{
		what: 'an upstream query that was not sent',
		steps: `${answered}\nSTEP 3 CHECK_OUT_QUERY www.example. A`,
		line: 2,
		message: /no query went to an upstream/,
	},
	{
		what: 'an upstream query where there should be none',
		steps: 'STEP 1 QUERY www.example. A\nSTEP 2 NOTHING_OUT',
		line: 1,
		message: /1 queries went to upstreams in step 1/,
	},
	{
		what: 'another number of upstream queries',
		steps: 'STEP 1 QUERY www.example. A\nSTEP 2 CHECK_OUT_COUNT www.example. A 2',
		line: 1,
		message: /1 queries went to upstreams, not 2/,
	},
	{
		what: 'a counter with another value',
		steps: 'STEP 1 QUERY www.example. A\nSTEP 2 CHECK_COUNTER misses 0',
		line: 1,
		message: /misses is 1, not 0/,
	},
	{
		what: 'a reply to nobody',
		steps: 'STEP 1 REPLY | www.example. 60 IN A 192.0.2.7',
		line: 0,
		message: /no upstream query waits for a reply/,
	},
	{
		what: 'an event that does not exist',
		steps: 'STEP 1 QUERRY www.example. A',
		line: 0,
		message: /there is no event QUERRY/,
	},
	{
		what: 'a word that means nothing',
		steps: 'STEP 1 QUERY www.example. A RECURSE',
		line: 0,
		message: /"RECURSE" does not belong to a query/,
	},
	{
		what: 'a step number that does not rise',
		steps: 'STEP 2 NOTHING_OUT\nSTEP 2 NOTHING_OUT',
		line: 1,
		message: /step 2 stands behind step 2/,
	},
	{
		what: 'a MATCH word that means nothing',
		steps: `${answered}\nSTEP 3 CHECK_ANSWER MATCH=rcodes`,
		line: 2,
		message: /MATCH does not know "rcodes"/,
	},
	{
		what: 'a record that cannot be read',
		steps: 'STEP 1 QUERY www.example. A\nSTEP 2 REPLY | www.example. 60 IN AA 192.0.2.7',
		line: 1,
		message: /is no record/,
	},
];

for (const { what, steps, line, message } of rows) {
	test(`a scenario fails for ${what}`, () => {
		assert.throws(
			() => run(steps),
			(thrown: Error) => {
				assert.match(thrown.message, message);
				assert.ok(thrown.message.startsWith(`x.rpl:${firstLine + line}: `), thrown.message);
				return true;
			},
		);
	});
}

test('a fault of the Corefile is reported at its line of the scenario', () => {
	const text = 'CONFIG\n. {\n\tforward . 192.0.2.1\n\tcach\n}\nCONFIG_END\nSCENARIO_BEGIN t\nSCENARIO_END\n';
	assert.throws(() => runScenario(readScenario('x.rpl', text)), /^ScenarioError: x\.rpl:4: /);
});

test('a scenario file must be whole', () => {
	assert.throws(() => readScenario('x.rpl', config), /x\.rpl:\d+: the file has no SCENARIO_END/);
	assert.throws(() => readScenario('x.rpl', 'STEP 1 QUERY x. A\n'), /a scenario begins with CONFIG/);
	assert.throws(() => readScenario('x.rpl', 'CONFIG\n. {\n'), /there is no CONFIG_END/);
});

test('comments, quotes and semicolons inside words are told apart', () => {
	run(`; a comment
STEP 1 QUERY www.example. TXT ; another
STEP 2 REPLY | www.example. 60 IN TXT "a ; b" "c|d" ; and one more
STEP 3 CHECK_ANSWER | www.example. 60 IN TXT "a ; b" "c|d"`);
});

test('the same scenario runs the same way every time', () => {
	const steps = `STEP 1 UPSTREAM * SCRIPT delayuniform5-90ms loss40
STEP 2 QUERY a.example. A TIMES 4
STEP 3 QUERY b.example. A
STEP 4 TIME_PASSES ELAPSE 5
STEP 5 CHECK_ANSWER TIMES 5 MATCH=none
STEP 6 CHECK_COUNTER upstream_queries_udp 1000`;
	const messages = [0, 1].map(() => {
		try {
			run(steps);
		} catch (thrown) {
			return (thrown as Error).message;
		}
		return '';
	});
	assert.match(messages[0], /upstream_queries_udp is \d+, not 1000/);
	assert.equal(messages[1], messages[0]);
});
