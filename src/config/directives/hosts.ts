import { messageOf } from '../../util/errors.ts';
import { isHostsAddress, parseHostsLine } from '../../wire/hosts-text.ts';
import { nameToText } from '../../wire/presentation.ts';
import type { HostsLine } from '../model/answers.ts';
import { fallthroughOption } from './fallthrough.ts';
import { type ArgumentSpec, directive, type StatementContext } from './spec.ts';
import { zonesArgument } from './zones-argument.ts';

interface HostsDraft {
	path: string;
	zones: readonly string[];
	ttlSec: number;
	reverse: boolean;
	reloadMs: number;
	fallthrough: readonly string[];
	/** Where the option stands. */
	unsupported: StatementContext['statement'] | undefined;
	inline: HostsLine[];
}

const file = {
	name: 'FILE',
	kind: 'word',
	optional: true,
	default: '/etc/hosts',
	text: 'the hosts file; it may come later',
} as const satisfies ArgumentSpec;

const zones = zonesArgument('only names in these zones are answered');

const ttl = {
	name: 'SECONDS',
	kind: 'integer',
	unit: 's',
	min: 1,
	max: 65_535,
	default: 3600,
	text: 'the TTL of all answers',
} as const satisfies ArgumentSpec;

const reload = {
	name: 'DURATION',
	kind: 'duration',
	unit: 'ms',
	min: 0,
	default: 5000,
	text: 'how often; 0: the file is read once',
} as const satisfies ArgumentSpec;

function addInline(draft: HostsDraft, { statement, report }: StatementContext): void {
	const { name, args } = statement;
	for (const word of args) {
		try {
			const line = parseHostsLine(`${name.text} ${word.text}`);
			if (line) draft.inline.push({ ...line, names: line.names.map((wire) => nameToText(wire)) });
		} catch (thrown) {
			report.error(word.at, `\`hosts\`: ${messageOf(thrown)}`, 'write ADDRESS NAME...');
		}
	}
}

export const hosts = directive<HostsDraft>({
	name: 'hosts',
	summary: 'answers from a hosts file',
	text: [
		'Answers A, AAAA and PTR from a file like /etc/hosts, and from lines in the block; the answers of both are put ' +
			'together. A name `*.example.org` stands for all names with one more label that have no line of their own. A name ' +
			'that has lines, but none of the type that is asked for, gets an empty answer.',
		'The file is read again when it has changed: its time or its size. What cannot be read is reported with its line, ' +
			'and left out; while the file is missing, what was read last holds. A file has up to 32 MiB and a million names.',
		'Answers come straight from the file, before the cache is looked at, so that a change is seen at once. Names that no line ' +
			'has get SERVFAIL, as in CoreDNS, unless `fallthrough` lets them go on to `forward`. PTR queries that no line answers ' +
			'always go on.',
	],
	args: [file, zones],
	options: [
		{
			name: 'ADDRESS',
			matches: isHostsAddress,
			args: [{ name: 'NAME', kind: 'word', many: true, text: 'its names' }],
			text: 'a line as in the file',
			repeats: true,
			apply: (draft, _, context) => addInline(draft, context),
		},
		{
			name: 'ttl',
			args: [ttl],
			text: 'the TTL of the answers',
			apply: (draft, values) => {
				draft.ttlSec = values.number(ttl.name)!;
			},
		},
		{
			name: 'no_reverse',
			args: [],
			text: 'makes no PTR answers',
			default: 'off',
			apply: (draft) => {
				draft.reverse = false;
			},
		},
		{
			name: 'reload',
			args: [reload],
			text: 'how often the file is looked at',
			coredns: 'where several `hosts` name one file, the shortest DURATION but 0 holds for all',
			apply: (draft, values) => {
				draft.reloadMs = values.number(reload.name)!;
			},
		},
		fallthroughOption('lets names that no line has go on, to `whoami` or `forward`'),
		{
			name: 'fallthrough_unsupported',
			args: [],
			text: 'lets queries for other types go on as well, within the zones of `fallthrough`',
			default: 'off',
			apply: (draft, _, { statement }) => {
				draft.unsupported = statement;
			},
		},
	],
	once: true,
	coredns: [
		'answers are not cached: a change of the file is seen at once, where CoreDNS serves old answers until their TTL ends',
		'a line with a wrong address or name is reported with its place; CoreDNS leaves it out silently',
		'lines may stand behind `fallthrough` too; an address that stands twice for a name is sent once',
	],
	tests: [
		'unit/config/local-directives',
		'unit/server/hosts-directory',
		'integration/hosts',
		'scenario/hosts-answers-from-its-lines',
		'scenario/hosts-fallthrough-lets-names-go-on',
		'integration/differential-local',
	],
	example: `. {
    hosts /etc/hosts example.org {
        192.0.2.7 www.example.org
        ttl 60
        reload 10s
        fallthrough
    }
    forward . 192.0.2.1
}`,
	begin: (values, { zones: blockZones, statement, report }) => {
		const given = values.allTexts(zones.name);
		if (values.text(file.name) === '') {
			report.error(statement.args[0].at, '`hosts`: an empty text is not a file', 'is a variable not set?');
		}
		return {
			path: values.text(file.name) ?? file.default,
			zones: given.length > 0 ? given : blockZones,
			ttlSec: ttl.default,
			reverse: true,
			reloadMs: reload.default,
			fallthrough: [],
			unsupported: undefined,
			inline: [],
		};
	},
	end: ({ unsupported, ...draft }, { block, report }) => {
		if (unsupported && draft.fallthrough.length === 0) {
			const message = '`fallthrough_unsupported` needs `fallthrough`';
			report.error(unsupported.name.at, message, 'add `fallthrough` to the block');
			return;
		}
		block.hosts = { ...draft, fallthroughUnsupported: unsupported !== undefined };
	},
});
