import { messageOf, PetrelError } from '../../util/errors.ts';
import { plainBehaviour } from './behaviour.ts';
import { RuleTable } from './rule-table.ts';
import { compileAction, type ExplicitAnswer, type Rule } from './rules.ts';

/**
 * Rules as a file, one a line:
 *
 *   # name          type  behaviour
 *   www.example     A     ttl30 rdata 192.0.2.7
 *   www.example     A     rdata 192.0.2.8             # a second record of the same answer
 *   *.slow.example  *     delayuniform10-50ms loss5
 *   *               AAAA  nodata
 *
 * NAME is a name, `*.suffix` or `*`; TYPE a type or `*`. Behaviour is labels with blanks or dots between them
 * (`labelHelp` lists them), then `rdata` and the RDATA of one record in presentation format. Lines for the same name
 * and type add up. The order of lines means nothing: see `RuleTable`.
 */
interface Line {
	readonly name: string;
	readonly type: string;
	readonly labels: string;
	readonly rdata: string | undefined;
}

/** What is wrong at a column of a line, counted from 1. */
class Misplaced extends Error {
	readonly column: number;

	constructor(column: number, message: string) {
		super(message);
		this.column = column;
	}
}

/** Does what may throw for the text at this column. */
function at(column: number, check: () => unknown): void {
	try {
		check();
	} catch (thrown) {
		throw new Misplaced(column, messageOf(thrown));
	}
}

/** The line without its comment: a `#` behind a blank, outside quotes. */
function withoutComment(line: string): string {
	const match = /^(?:[^"\\#]|\\.|"(?:[^"\\]|\\.)*"|(?<=\S)#|["\\])*/.exec(line);
	return match ? match[0].trimEnd() : '';
}

const lineForm = /^\s*(\S+)\s+(\S+)((?:\s+(?!rdata(?:\s|$))\S+)*)(?:\s+(rdata)(?:\s+(.*))?)?$/d;

function readLine(text: string): Line | undefined {
	const line = withoutComment(text);
	if (line.trim() === '') return undefined;
	const match = lineForm.exec(line);
	const start = line.search(/\S/) + 1;
	if (!match) {
		throw new Misplaced(
			start,
			`"${line.trim()}" is not a rule; write NAME TYPE BEHAVIOUR…, as in "www.example A ttl30"`,
		);
	}
	const [, name, type, labels, rdataWord, rdata] = match;
	const columns = match.indices!.map((range) => (range ? range[0] + 1 : start));
	if (rdataWord && !rdata) {
		throw new Misplaced(columns[4], '"rdata" stands at the end; write the RDATA behind it');
	}
	if (rdataWord && type === '*') {
		throw new Misplaced(columns[2], 'a rule with rdata needs a type, such as A, in place of *');
	}
	if (!rdataWord && labels.trim() === '') {
		throw new Misplaced(
			start,
			`"${line.trim()}" says nothing; write a behaviour such as ttl30 or nx behind the type`,
		);
	}
	checkLine({ name, type, labels, rdata }, columns);
	return { name, type, labels: labels.trim(), rdata };
}

/** Throws what setting the rule would throw, with the place of it. */
function checkLine({ name, type, labels, rdata }: Line, columns: readonly number[]): void {
	const [, nameColumn, typeColumn, labelsColumn, , rdataColumn] = columns;
	const nothing = compileAction('', plainBehaviour);
	at(nameColumn, () => new RuleTable().set({ name }, nothing));
	if (type !== '*') at(typeColumn, () => new RuleTable().set({ type }, nothing));
	for (const { 0: word, index } of labels.matchAll(/\S+/g)) {
		at(labelsColumn + index, () => compileAction(word, plainBehaviour));
	}
	if (rdata !== undefined) {
		at(rdataColumn, () => compileAction({ records: [recordOf(type, rdata)] }, plainBehaviour));
	}
}

function recordOf(type: string, rdata: string): string {
	return `@ IN ${type} ${rdata}`;
}

function toRule(lines: readonly Line[]): Rule {
	const { name, type } = lines[0];
	const labels = lines
		.map((line) => line.labels)
		.join(' ')
		.trim();
	const records = lines.flatMap(({ rdata }) => (rdata === undefined ? [] : [recordOf(type, rdata)]));
	const explicit: ExplicitAnswer = { records, labels };
	const match = type === '*' ? { name } : { name, type };
	return { ...match, action: records.length > 0 ? explicit : labels };
}

/** Reads a file of rules. Errors name the place: `file:line:column: what is wrong`. */
export function parseRuleFile(text: string, file: string): Rule[] {
	const groups = new Map<string, Line[]>();
	text.split(/\r?\n/).forEach((raw, i) => {
		try {
			const line = readLine(raw);
			if (!line) return;
			const key = `${line.name.toLowerCase().replace(/\.$/, '')} ${line.type.toUpperCase()}`;
			const group = groups.get(key);
			if (group) group.push(line);
			else groups.set(key, [line]);
		} catch (thrown) {
			const column = thrown instanceof Misplaced ? thrown.column : 1;
			throw new PetrelError('PETREL_CONFIG', `${file}:${i + 1}:${column}: ${messageOf(thrown)}`);
		}
	});
	return [...groups.values()].map(toRule);
}
