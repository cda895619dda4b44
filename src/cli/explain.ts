import { isIP } from 'node:net';
import { Command, InvalidArgumentError, Option } from 'commander';
import { compileBlocks } from '../engine/compile.ts';
import type { ListenAddress } from '../server/listen-plan.ts';
import { messageOf, PetrelError } from '../util/errors.ts';
import { typeName, typeNumber } from '../wire/iana.ts';
import { nameToText, nameToWire } from '../wire/presentation.ts';
import { thisPlace } from './check.ts';
import { loadInput } from './corefile-input.ts';
import { placeAt, placesOf } from './explain/places.ts';
import { explainQuestion, type Question } from './explain/question.ts';
import { settingsOf } from './explain/settings.ts';
import { configurationText, explanationText } from './explain/text.ts';
import { findingsText } from './findings.ts';
import { formatOption, keyPortOption } from './options.ts';
import { parseListen } from './values.ts';

/** The version of the JSON that `petrel explain --format json` writes. */
const schemaVersion = 1;

interface ExplainOptions {
	readonly format: 'text' | 'json';
	readonly port: number;
	readonly listen?: ListenAddress;
	readonly client?: string;
}

export function explainCommand(): Command {
	return new Command('explain')
		.description(
			'Say what a Corefile means: every setting and the line it comes from, or the way that one name takes.',
		)
		.argument('<corefile>', 'the file; - is standard input')
		.argument('[name]', 'the name that is asked for; without it, all settings of all blocks')
		.argument('[type]', 'its type: A, AAAA, TXT, ... or TYPE65', 'A')
		.addOption(
			new Option('--client <addr>', 'the address of the client').argParser(parseClient).env('PETREL_CLIENT'),
		)
		.addOption(
			new Option('--listen <addr:port>', 'where it is asked, if blocks differ by `bind` or port')
				.argParser(parseListen)
				.env('PETREL_EXPLAIN_LISTEN'),
		)
		.addOption(formatOption('how to write it'))
		.addOption(keyPortOption())
		.addHelpText(
			'after',
			'\nNothing is asked and nothing runs: it walks the same tables as the server. A name without its last dot is\n' +
				'taken as whole, as by `dig`. Exit code: 0, or 2 when the file has errors.\n' +
				'\nExamples:\n' +
				'  petrel explain Corefile\n' +
				'  petrel explain Corefile web.default.svc.cluster.local AAAA\n' +
				'  petrel explain /etc/coredns/Corefile example.org --listen 169.254.20.10:53 --format json\n',
		)
		.action(explain);
}

function parseClient(text: string): string {
	if (isIP(text) === 0) throw new InvalidArgumentError('A client is an IPv4 or IPv6 address.');
	return text;
}

function explain(path: string, name: string | undefined, typeText: string, options: ExplainOptions): void {
	const loaded = loadInput(path, options.port);
	const { model, written } = loaded;
	if (model === undefined) {
		process.stderr.write(findingsText({ ...loaded, warnings: [] }, process.stderr));
		throw new PetrelError('PETREL_CONFIG', `${path} cannot be explained: it has errors, see above`);
	}
	if (name === undefined) {
		const text =
			options.format === 'text'
				? configurationText(model, written)
				: `${JSON.stringify({
						version: schemaVersion,
						file: path,
						blocks: model.blocks.map((block, number) => {
							const settings = settingsOf(block, written[number]);
							return { at: block.at, keys: block.keys, settings: settings.map(withOrigin) };
						}),
					})}\n`;
		process.stdout.write(text);
		return;
	}
	const question = readQuestion(name, typeText, options.client);
	const { interfaces, readText } = thisPlace();
	const all = placesOf(model, interfaces);
	const places = options.listen === undefined ? all : [placeAt(all, options.listen)];
	const context = { model, written, blocks: compileBlocks(model), readText };
	const explanations = places.map((place) => explainQuestion(place, question, context));
	if (options.format === 'text') process.stdout.write(explanationText(question, explanations));
	else {
		const { client } = question;
		const asked = { name: nameToText(question.name), type: typeName(question.type), client };
		process.stdout.write(
			`${JSON.stringify({ version: schemaVersion, file: path, question: asked, places: explanations.map(explanationJson) })}\n`,
		);
	}
}

/** The default is `null`, so that the key is always there. */
function withOrigin<Value extends { origin: unknown }>(value: Value): Value {
	return { ...value, origin: value.origin ?? null };
}

function explanationJson(explanation: ReturnType<typeof explainQuestion>): object {
	const steps = explanation.steps.map((step) => ({
		...withOrigin(step),
		settings: step.settings.map(withOrigin),
	}));
	return {
		...explanation,
		block: explanation.block ?? null,
		zone: explanation.zone ?? null,
		refused: explanation.refused ?? null,
		steps,
	};
}

function readQuestion(name: string, typeText: string, client: string | undefined): Question {
	const type = typeNumber(typeText);
	if (type === undefined) {
		throw new PetrelError('PETREL_CONFIG', `${typeText} is no DNS type: name one such as A, or write TYPE65`);
	}
	try {
		return { name: nameToWire(name.toLowerCase()), type, client };
	} catch (thrown) {
		throw new PetrelError('PETREL_CONFIG', messageOf(thrown));
	}
}
