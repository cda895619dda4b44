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
	readonly number: number;
	readonly name: string;
	readonly type: string;
	readonly labels: string;
	readonly rdata: string | undefined;
}

/** The line without its comment: a `#` behind a blank, outside quotes. */
function withoutComment(line: string): string {
	const match = /^(?:[^"\\#]|\\.|"(?:[^"\\]|\\.)*"|(?<=\S)#|["\\])*/.exec(line);
	return match ? match[0].trim() : '';
}

function readLine(text: string, number: number): Line | undefined {
	const line = withoutComment(text);
	if (line === '') return undefined;
	const match = /^(\S+)\s+(\S+)((?:\s+(?!rdata(?:\s|$))\S+)*)(?:\s+rdata(?:\s+(.*))?)?$/.exec(line);
	if (!match) {
		throw new PetrelError(
			'PETREL_CONFIG',
			`"${line}" is not a rule; write NAME TYPE BEHAVIOUR…, as in "www.example A ttl30"`,
		);
	}
	const [whole, name, type, labels, rdata] = match;
	const givesRdata = /\srdata(?:\s|$)/.test(whole);
	if (givesRdata && !rdata)
		throw new PetrelError('PETREL_CONFIG', '"rdata" stands at the end; write the RDATA behind it');
	if (givesRdata && type === '*') {
		throw new PetrelError('PETREL_CONFIG', 'a rule with rdata needs a type, such as A, in place of *');
	}
	if (!givesRdata && labels.trim() === '') {
		throw new PetrelError(
			'PETREL_CONFIG',
			`"${line}" says nothing; write a behaviour such as ttl30 or nx behind the type`,
		);
	}
	return { number, name, type, labels: labels.trim(), rdata };
}

function toRule(lines: readonly Line[]): Rule {
	const { name, type } = lines[0];
	const labels = lines
		.map((line) => line.labels)
		.join(' ')
		.trim();
	const records = lines
		.filter((line) => line.rdata !== undefined)
		.map((line) => `@ IN ${type} ${line.rdata}`);
	const explicit: ExplicitAnswer = { records, labels };
	const match = type === '*' ? { name } : { name, type };
	return { ...match, action: records.length > 0 ? explicit : labels };
}

/** Throws what setting the rule would throw. */
function checkRule(rule: Rule): void {
	new RuleTable().set(rule, compileAction(rule.action, plainBehaviour));
}

/** Reads a file of rules. Errors name the place: `file:line: what is wrong`. */
export function parseRuleFile(text: string, file: string): Rule[] {
	const groups = new Map<string, Line[]>();
	text.split(/\r?\n/).forEach((raw, i) => {
		try {
			const line = readLine(raw, i + 1);
			if (!line) return;
			checkRule(toRule([line]));
			const key = `${line.name.toLowerCase().replace(/\.$/, '')} ${line.type.toUpperCase()}`;
			const group = groups.get(key);
			if (group) group.push(line);
			else groups.set(key, [line]);
		} catch (error) {
			throw new PetrelError('PETREL_CONFIG', `${file}:${i + 1}: ${messageOf(error)}`, { cause: error });
		}
	});
	return [...groups.values()].map(toRule);
}
