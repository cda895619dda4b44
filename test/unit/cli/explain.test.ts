/** `petrel explain`: the block, the settings with their lines, and the way of a name, without a process or a machine. */
import assert from 'node:assert/strict';
import { test } from 'node:test';
import { placeAt, placesOf } from '../../../src/cli/explain/places.ts';
import { type Explanation, explainQuestion, type Step } from '../../../src/cli/explain/question.ts';
import { settingsOf } from '../../../src/cli/explain/settings.ts';
import { explanationText } from '../../../src/cli/explain/text.ts';
import { compileBlocks } from '../../../src/engine/compile.ts';
import type { Interfaces } from '../../../src/net/addresses.ts';
import { typeNumber } from '../../../src/wire/iana.ts';
import { nameToWire } from '../../../src/wire/presentation.ts';
import { load } from '../config/support.ts';

const corefile = `(usual) {
    cache 300 {
        denial 9984 30 5
        disable success a.example
        serve_stale 1h verify 1800ms
    }
}
. {
    bind 127.0.0.1
    import usual
    forward . 192.0.2.1 192.0.2.2 {
        except internal.example
        policy sequential
    }
    forward example.org /etc/resolv.conf {
        next SERVFAIL
    }
    header {
        response set aa
        response clear aa ra
        query clear rd
        query set ad
        query clear ad
    }
}
whoami.example . {
    bind eth7 127.0.0.2
    whoami
}
cluster.local:5300 {
    bind 169.254.20.10
    forward . 10.96.0.10
    loop
}
`;

const files: Readonly<Record<string, string>> = { '/etc/resolv.conf': 'nameserver 192.0.2.53\n' };

function explain(name: string, typeText = 'A', interfaces: Interfaces = {}): Explanation[] {
	const { model, written, errors } = load(corefile);
	assert.deepEqual(errors, []);
	const type = typeNumber(typeText)!;
	const question = { name: nameToWire(name), type, client: undefined };
	const context = {
		model: model!,
		written,
		blocks: compileBlocks(model!),
		readText: (path: string) => files[path],
	};
	return placesOf(model!, interfaces).map((place) => explainQuestion(place, question, context));
}

function stepOf({ steps }: Explanation, directive: string): Step {
	const step = steps.find((each) => each.directive === directive);
	assert.ok(step, `${directive}: ${steps.map((each) => each.directive).join(', ')}`);
	return step;
}

test('explain: places with the same blocks are told once, others apart', () => {
	const places = explain('www.example.org');
	assert.deepEqual(
		places.map(({ listeners }) => listeners),
		[['127.0.0.1:53'], ['127.0.0.2:53', 'eth7:53'], ['169.254.20.10:5300']],
	);
	assert.deepEqual(
		places.map(({ block, zone }) => [block?.line, zone]),
		[
			[8, '.'],
			[26, '.'],
			[undefined, undefined],
		],
	);
	assert.equal(places[2].refused?.rcode, 'REFUSED');
});

test('explain: the longest zone of a place wins, and it says over which', () => {
	const [, place] = explain('x.whoami.example');
	assert.equal(place.zone, 'whoami.example.');
	assert.equal(place.why, 'longer than .');
	assert.match(stepOf(place, 'whoami').text, /answers every query/);
});

test('explain: forwards are tried longest first, the next one for its RCODEs', () => {
	const [place] = explain('www.example.org');
	const forwards = place.steps.filter(({ directive }) => directive.startsWith('forward'));
	assert.deepEqual(
		forwards.map(({ directive, text, origin }) => [directive, text, origin?.line]),
		[
			[
				'forward example.org.',
				'asks /etc/resolv.conf (now 192.0.2.53): one at random first, then the others that are up',
				15,
			],
			['forward .', 'after SERVFAIL: asks 192.0.2.1:53 192.0.2.2:53: the first that is up', 11],
		],
	);
});

test('explain: a name that every forward leaves out is refused, and by what', () => {
	const [place] = explain('db.internal.example');
	const forwards = place.steps.filter(({ directive }) => directive.startsWith('forward'));
	assert.deepEqual(
		forwards.map(({ text }) => text),
		['does not take the name: except internal.example.', 'no `forward` of the block takes the name: REFUSED'],
	);
});

test('explain: what is kept, for how long, and from which line', () => {
	const [place] = explain('www.example.org');
	const { text, settings } = stepOf(place, 'cache');
	assert.equal(text, 'answers and denials are kept');
	assert.deepEqual(
		settings.map(({ name, value, origin }) => [name, value, origin?.line]),
		[
			['success', 'for its TTL, at most 300 s', 2],
			['denial', 'for its TTL, at least 5 s, at most 30 s', 3],
			['servfail', 'failures are held 5 s, doubling to 300 s', undefined],
			[
				'serve_stale',
				'up to 1h past the TTL, after 1s800ms, the upstream is asked first; TTL 30 s, next try 30 s after a failure',
				5,
			],
			['prefetch', 'off', undefined],
		],
	);
	assert.equal(stepOf(explain('www.a.example')[0], 'cache').text, 'denials are kept, answers are not');
});

test('explain: the last header rule for a flag is the one that is named', () => {
	const [place] = explain('www.example.org');
	assert.match(stepOf(place, 'header response').text, /AA 0; RA 0; RD the client's/);
	assert.deepEqual(
		stepOf(place, 'header response').settings.map(({ name, value, origin }) => [name, value, origin?.line]),
		[
			['aa', '0', 20],
			['ra', '0', 20],
		],
	);
	assert.deepEqual(
		stepOf(place, 'header query').settings.map(({ name, value, origin }) => [name, value, origin?.line]),
		[
			['rd', '0', 21],
			['ad', '0', 23],
		],
	);
});

test('explain: a type between servers is refused before anything else', () => {
	const [place] = explain('www.example.org', 'AXFR');
	assert.deepEqual(place.refused, {
		rcode: 'REFUSED',
		why: 'the type only means something between two servers',
	});
	assert.deepEqual(place.steps, []);
	assert.equal(explain('www.example.org', 'ANY')[0].refused, undefined);
});

test('explain --listen: the place that is asked, or what there is', () => {
	const { model } = load(corefile);
	const places = placesOf(model!, {});
	assert.equal(placeAt(places, { address: '127.0.0.2', port: 53 }).endpoint.blocks[0], 1);
	assert.throws(
		() => placeAt(places, { address: '127.0.0.9', port: 53 }),
		/nothing listens on 127\.0\.0\.9:53.*127\.0\.0\.1:53/,
	);
	const { model: wildcard } = load('. {\nwhoami\n}\n');
	assert.deepEqual(placeAt(placesOf(wildcard!, {}), { address: '192.0.2.7', port: 53 }).listeners, [
		'192.0.2.7:53',
	]);
});

test('explain without a name: every setting of a block, with its line or "default"', () => {
	const { model, written } = load(corefile);
	const rows = settingsOf(model!.blocks[0], written[0]).map(
		({ directive, name, value, origin }) => `${directive} ${name}: ${value} @${origin?.line ?? 'default'}`,
	);
	for (const row of [
		'bind addresses: 127.0.0.1 @9',
		'bufsize size: 4096 octets @default',
		'errors failures: not logged @default',
		'cache disable success: not kept for names in a.example. @4',
		'forward . except: internal.example. @12',
		'forward . policy: sequential @13',
		'forward example.org. policy: random @default',
		'header rule: query clear ad @23',
	]) {
		assert.ok(rows.includes(row), `${row} in\n${rows.join('\n')}`);
	}
	const whoami = settingsOf(model!.blocks[1], written[1]).map(({ directive }) => directive);
	assert.ok(whoami.includes('whoami'));
});

test('explain: a directive without a part of its own is told by its line', () => {
	const { model, written } = load('. {\nwhoami\n}\n');
	const at = { file: 'Corefile', line: 7, column: 1 };
	const word = (text: string) => ({ text, at, quoted: false, startsLine: false, origin: undefined });
	const acl = {
		name: word('acl'),
		args: [word('a.example')],
		block: [{ name: word('block'), args: [word('net')], block: undefined }],
	};
	const block = { ...written[0], statements: [...written[0].statements, acl] };
	const rows = settingsOf(model!.blocks[0], block).filter(({ directive }) => directive === 'acl');
	assert.equal(rows.length, 1);
	assert.match(rows[0].value, /^acl a\.example \{ block net \}/);
	assert.equal(rows[0].origin?.line, 7);
});

test('explain: the text has a table for each place', () => {
	const question = { name: nameToWire('x.whoami.example'), type: 1, client: '192.0.2.9' };
	const text = explanationText(question, explain('x.whoami.example').slice(1, 2));
	const plain = text.split('\u001b').join('');
	assert.match(plain, /x\.whoami\.example\. A from 192\.0\.2\.9 at 127\.0\.0\.2:53 eth7:53/);
	assert.match(plain, /\n {2}block +whoami\.example\. \(longer than \.\) +Corefile:26\n/);
});
