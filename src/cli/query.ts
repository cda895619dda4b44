import { Command, Option } from 'commander';
import { systemClock } from '../util/clock.ts';
import { messageOf, PetrelError } from '../util/errors.ts';
import { cryptoRandom } from '../util/random.ts';
import { typeNumber } from '../wire/iana.ts';
import { exitCode } from './exit.ts';
import { ask, type Question } from './query-client.ts';
import { replyJson, replyText } from './query-text.ts';
import { parseDuration, parsePort, parseQueryServer, portVariable } from './values.ts';

const dnsPort = 53;
/** Where `npm start` and `petrel serve --upstream` listen. */
const defaultServer = { address: '127.0.0.1', port: 1053 };

interface QueryOptions {
	readonly tcp: boolean;
	readonly port?: number;
	readonly json: boolean;
	readonly timeout: number;
	readonly dnssec: boolean;
	readonly recurse: boolean;
}

export function queryCommand(): Command {
	return new Command('query')
		.description('Ask a DNS server one question and show the whole answer: flags, sections, EDNS, time.')
		.argument('<name>', 'the name to ask for')
		.argument('[type]', 'the type: A, AAAA, TXT, ... or TYPE65', 'A')
		.argument('[server]', '@ADDRESS or @ADDRESS:PORT (default: @127.0.0.1:1053)')
		.addOption(new Option('--tcp', 'ask over TCP').default(false).env('PETREL_TCP'))
		.addOption(new Option('--port <port>', "the server's port (53)").argParser(parsePort).env(portVariable))
		.addOption(new Option('--json', 'write the answer as JSON').default(false).env('PETREL_JSON'))
		.addOption(
			new Option('--timeout <duration>', 'how long to wait, in all')
				.argParser(parseDuration)
				.default(5000, '5s')
				.env('PETREL_TIMEOUT'),
		)
		.addOption(new Option('--dnssec', 'set DO: ask for signatures').default(false).env('PETREL_DNSSEC'))
		.addOption(new Option('--no-recurse', 'clear RD: ask for what is cached').env('PETREL_NO_RECURSE'))
		.addHelpText(
			'after',
			'\nExit code: 0 for NOERROR and NXDOMAIN, 1 for any other answer or none.\n' +
				'\nExamples:\n' +
				'  petrel query www.demo\n' +
				'  petrel query example.org AAAA @1.1.1.1 --tcp\n' +
				'  petrel query example.org TXT @[::1]:1053 --json\n',
		)
		.action(query);
}

async function query(
	name: string,
	typeOrServer: string,
	serverText: string | undefined,
	options: QueryOptions,
): Promise<void> {
	const typeLeftOut = typeOrServer.startsWith('@');
	const typeText = typeLeftOut ? 'A' : typeOrServer;
	const server = parseServer(typeLeftOut ? typeOrServer : serverText, options.port);
	const type = typeNumber(typeText);
	if (type === undefined) {
		throw new PetrelError(
			'PETREL_CONFIG',
			`${typeText} is no DNS type: name one such as A, AAAA, MX, TXT, or write TYPE65 for number 65`,
		);
	}
	const question: Question = { name, type, recursionDesired: options.recurse, dnssecOk: options.dnssec };
	const transport = options.tcp ? 'tcp' : 'udp';
	const clock = systemClock(0);
	const reply = await ask(question, { ...server, transport }, options.timeout, clock, cryptoRandom());
	process.stdout.write(options.json ? `${JSON.stringify(replyJson(reply))}\n` : replyText(reply));
	const usable = reply.message.rcode === 'NOERROR' || reply.message.rcode === 'NXDOMAIN';
	process.exitCode = usable ? exitCode.ok : exitCode.failed;
}

function parseServer(
	text: string | undefined,
	flagPort: number | undefined,
): { address: string; port: number } {
	if (text === undefined) return { address: defaultServer.address, port: flagPort ?? defaultServer.port };
	try {
		const { address, port } = parseQueryServer(text);
		return { address, port: port ?? flagPort ?? dnsPort };
	} catch (thrown) {
		throw new PetrelError('PETREL_CONFIG', `${text}: ${messageOf(thrown)}`);
	}
}
