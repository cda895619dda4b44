import { styleText } from 'node:util';

/** What a part of a text is, for those who can see colors. */
export type Look = 'good' | 'bad' | 'void' | 'head' | 'faint';
export type Paint = (look: Look, text: string) => string;

const formats = { good: 'green', bad: 'red', void: 'yellow', head: 'bold', faint: 'gray' } as const;

/** @param color whether to write the escape sequences of terminals; who calls knows what it writes to */
export function painter(color: boolean): Paint {
	return (look, text) => (color ? styleText(formats[look], text, { validateStream: false }) : text);
}
