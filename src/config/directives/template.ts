import { messageOf } from '../../util/errors.ts';
import { groupNames } from '../../util/regex/group-names.ts';
import { patternLengthMax, Regex, RegexError } from '../../util/regex/regex.ts';
import { rrType, typeNumber } from '../../wire/iana.ts';
import { parseRecord } from '../../wire/record-text.ts';
import type { TemplateOptions, TemplateRecord } from '../model/answers.ts';
import type { Token } from '../syntax.ts';
import { groupOf, knownPlaceholders, parseTemplateText, TemplateTextError } from '../template-text.ts';
import { fallthroughOption } from './fallthrough.ts';
import { directive, type OptionSpec, type StatementContext, type Values } from './spec.ts';
import { zonesArgument } from './zones-argument.ts';

type Mutable<T> = { -readonly [K in keyof T]: T[K] };

interface TemplateDraft extends Omit<Mutable<TemplateOptions>, 'patterns' | Section> {
	patterns: string[];
	answers: TemplateRecord[];
	authorities: TemplateRecord[];
	additionals: TemplateRecord[];
	/** Records that name groups, with their places: patterns may stand behind them. */
	records: { readonly word: Token; readonly record: TemplateRecord }[];
	/** Queries of its class come here. */
	reachable: boolean;
}

type Section = 'answers' | 'authorities' | 'additionals';

const reasonBytesMax = 128;

const zones = zonesArgument('the template is for names in these zones');

function recordOption(name: string, section: Section, text: string): OptionSpec<TemplateDraft> {
	return {
		name,
		args: [{ name: 'RR', kind: 'word', many: true, text: 'the record; in quotes, since it has blanks' }],
		text,
		repeats: true,
		apply: (draft, values, { report }) => {
			for (const word of values.words('RR')) {
				const record = readRecord(word, report);
				if (record === undefined) continue;
				draft[section].push(record);
				draft.records.push({ word, record });
			}
		},
	};
}

function readRecord(word: Token, report: StatementContext['report']): TemplateRecord | undefined {
	try {
		const record = parseTemplateText(word.text);
		// What is the same for every query is checked now.
		if (record.every((piece) => typeof piece === 'string')) parseRecord(record.join(''));
		return record;
	} catch (thrown) {
		const isTemplate = thrown instanceof TemplateTextError;
		const hint = isTemplate ? `it has ${knownPlaceholders}` : 'write "OWNER TTL IN TYPE DATA", in quotes';
		report.error(word.at, `\`template\`: ${messageOf(thrown)}`, hint);
		return undefined;
	}
}

function readPatterns(draft: TemplateDraft, values: Values, { report }: StatementContext): void {
	for (const word of values.words('REGEX')) {
		if (word.text.length > patternLengthMax) {
			const message = `\`match\`: the pattern has ${word.text.length} characters`;
			report.error(word.at, message, `${patternLengthMax} are allowed`);
			continue;
		}
		try {
			new Regex(word.text);
			draft.patterns.push(word.text);
		} catch (thrown) {
			if (!(thrown instanceof RegexError)) throw thrown;
			report.error(word.at, `\`match ${word.text}\`: ${thrown.message}`, "write it in Go's syntax (RE2)");
		}
	}
}

/** A group that no pattern has would make every answer a SERVFAIL. */
function checkGroups(draft: TemplateDraft, { report }: StatementContext): void {
	const names = draft.patterns.length > 0 ? draft.patterns.map(groupNames) : [[undefined]];
	for (const { word, record } of draft.records) {
		for (const placeholder of record.map(groupOf)) {
			if (placeholder?.field !== 'match' && placeholder?.field !== 'group') continue;
			const wanted = placeholder.field === 'match' ? String(placeholder.index) : placeholder.name;
			const exists = names.some((groups) => groups.includes(wanted) || Number(wanted) < groups.length);
			if (exists) continue;
			const message = `\`template\`: no \`match\` of it has a group ${wanted}`;
			report.error(word.at, message, 'write one, for example `(?P<name>[a-z]+)`');
		}
	}
}

/** Stub resolvers ask for the target of a CNAME no more than petrel does here: they want its addresses beside it. */
function warnLoneCname(draft: TemplateDraft, { report }: StatementContext): void {
	const asksForAddresses = [rrType.A, rrType.AAAA, rrType.ANY].some((type) => type === draft.type);
	const has = (record: TemplateRecord, type: RegExp): boolean =>
		record.some((piece) => typeof piece === 'string' && type.test(piece));
	const cname = draft.answers.find((record) => has(record, /\sCNAME\s/i));
	if (!asksForAddresses || !cname || draft.answers.some((record) => has(record, /\sA(?:AAA)?\s/i))) return;
	const { at } = draft.records.find(({ record }) => record === cname)!.word;
	report.warn(
		at,
		'`template`: a CNAME is sent alone, where CoreDNS asks for its target and adds the addresses',
		'use `rewrite name exact NAME TARGET answer auto`, or write the addresses too',
	);
}

function begin(values: Values, { statement, zones: blockZones, report }: StatementContext): TemplateDraft {
	const [queryClass] = values.words('CLASS');
	const [queryType] = values.words('TYPE');
	const given = values.allTexts(zones.name);
	const type = queryType === undefined ? rrType.ANY : typeNumber(queryType.text);
	if (queryType && type === undefined) {
		report.error(
			queryType.at,
			`\`template\`: \`${queryType.text}\` is not a type`,
			'write for example AAAA, or ANY for all',
		);
	}
	const isClass = queryClass === undefined || /^(?:IN|CS|CH|HS|NONE|ANY)$/i.test(queryClass.text);
	const reachable = isClass && /^(?:IN|ANY)$/i.test(queryClass?.text ?? 'IN');
	if (!isClass) {
		const message = `\`template\`: \`${queryClass.text}\` is not a class`;
		report.error(queryClass.at, message, 'write IN, or ANY for all');
	} else if (!reachable) {
		const message = `petrel answers queries of class IN only: this template for ${queryClass!.text} does nothing`;
		report.warn(queryClass!.at, message, 'remove it, or write IN');
	}
	return {
		at: statement.name.at,
		type: type ?? rrType.ANY,
		zones: given.length > 0 ? given : blockZones,
		patterns: [],
		rcode: 0,
		answers: [],
		authorities: [],
		additionals: [],
		extendedError: undefined,
		fallthrough: [],
		records: [],
		reachable,
	};
}

function end(draft: TemplateDraft, context: StatementContext): void {
	checkGroups(draft, context);
	warnLoneCname(draft, context);
	const { records: _, reachable, ...options } = draft;
	if (reachable) context.block.templates = [...context.block.templates, options];
}

export const template = directive<TemplateDraft>({
	name: 'template',
	summary: 'answers with records that are written in the Corefile',
	text: [
		'The first template whose zone and type fit a query, and of whose patterns one matches, answers it. A template that ' +
			'fits and of whose patterns none matches ends it with SERVFAIL, unless `fallthrough` lets it go on to the next.',
		`Records may hold what the query says, in the form of Go's templates: ${knownPlaceholders}. ` +
			'`{{ .Name }}` is the name that is asked for, in lower case, `{{ .Group.x }}` a group `(?P<x>…)` of the pattern, and `{{ parseInt ' +
			".Group.x 16 8 }}` that group, read as a number with base 16 and up to 8 bits. Everything else of Go's " +
			'templates is refused. A record that cannot be made from a query gives SERVFAIL and is counted (`template_failures`).',
		"Patterns are in Go's syntax. A search takes time in proportion to the name and the pattern, however it is written.",
		'An empty answer and an NXDOMAIN without a record in the authority section get a SOA record with a TTL of 30 s, so that whoever asked can ' +
			'keep them for so long. So `template IN AAAA . { rcode NOERROR }` keeps AAAA away without being asked again and again.',
	],
	args: [
		{ name: 'CLASS', kind: 'word', text: '`IN`, or `ANY` for all' },
		{ name: 'TYPE', kind: 'word', text: 'the type of the queries, or `ANY` for all' },
		zones,
	],
	options: [
		{
			name: 'match',
			args: [
				{
					name: 'REGEX',
					kind: 'word',
					many: true,
					text: 'a pattern for the name, in lower case with its last dot',
				},
			],
			text: 'the template is for names that one of the patterns matches',
			default: 'all names',
			repeats: true,
			apply: readPatterns,
		},
		recordOption('answer', 'answers', 'a record of the answer'),
		recordOption('additional', 'additionals', 'a record of the additional section'),
		recordOption('authority', 'authorities', 'a record of the authority section'),
		{
			name: 'rcode',
			args: [{ name: 'CODE', kind: 'rcode', text: 'for example NXDOMAIN' }],
			text: 'the RCODE; with SERVFAIL no records are sent',
			default: 'NOERROR',
			apply: (draft, values) => {
				draft.rcode = values.number('CODE')!;
			},
		},
		{
			name: 'ederror',
			args: [
				{ name: 'CODE', kind: 'integer', min: 0, max: 65_535, text: 'the code (RFC 8914)' },
				{ name: 'REASON', kind: 'word', optional: true, text: `a text of up to ${reasonBytesMax} octets` },
			],
			text: 'an extended error for clients with EDNS',
			default: 'none',
			apply: (draft, values, { report }) => {
				const reason = values.text('REASON') ?? '';
				const bytes = Buffer.byteLength(reason);
				if (bytes > reasonBytesMax) {
					const { at } = values.words('REASON')[0];
					report.error(at, `\`ederror\`: REASON has ${bytes} octets`, `${reasonBytesMax} are allowed`);
				}
				draft.extendedError = { code: values.number('CODE')!, reason };
			},
		},
		fallthroughOption(
			'lets names that no pattern matches go on: to the next template, then to `hosts`, `whoami` and `forward`',
		),
		{
			name: 'upstream',
			args: [{ name: 'WORDS', kind: 'word', optional: true, many: true, text: 'not looked at' }],
			text: 'accepted, and changes nothing',
			coredns: 'does nothing there either',
			ignored: 'CoreDNS does not look at it any more either',
			apply: () => {},
		},
	],
	coredns: [
		'a SOA record is added to an empty answer and to an NXDOMAIN that have nothing in the authority section',
		'answers are not cached; `template` answers before the cache and before `rewrite`',
		'an answer that is a CNAME is sent alone; CoreDNS asks for its target and adds what it gets',
		"of Go's templates only plain references are understood; `.Meta` and the rest are refused at load",
		'templates for classes other than IN do nothing, and give a warning',
	],
	tests: [
		'unit/config/template-directive',
		'scenario/template-suppresses-aaaa',
		'scenario/template-puts-in-what-the-query-says',
		'integration/differential-local',
	],
	example: `. {
    template IN AAAA . {
        rcode NOERROR
    }
    template IN A example {
        match ^ip-(?P<a>[0-9]+)-(?P<b>[0-9]+)-(?P<c>[0-9]+)-(?P<d>[0-9]+)[.]example[.]$
        answer "{{ .Name }} 60 IN A {{ .Group.a }}.{{ .Group.b }}.{{ .Group.c }}.{{ .Group.d }}"
        fallthrough
    }
    forward . 192.0.2.1
}`,
	begin,
	end,
});
