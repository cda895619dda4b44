import { choices } from '../../lab/study/choices.ts';
import { tableLines } from '../table-text.ts';

/** Every policy, what it does and where it is from. */
export function policyList(width: number): string {
	const lines = tableLines(
		[
			{ head: 'policy', align: 'left' },
			{ head: 'what goes first', align: 'left', shrinkTo: 40 },
			{ head: 'from', align: 'left', shrinkTo: 20 },
		],
		choices.map(({ name, help, source }) => [name, help, source]),
		width,
	);
	return `${lines.join('\n')}\n`;
}
