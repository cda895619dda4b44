import { directive } from './spec.ts';

export const importDirective = directive<undefined>({
	name: 'import',
	summary: 'brings in other files and snippets',
	text: [
		'Is replaced by the text of what it names, wherever it starts a line: among the server blocks, in a server block or ' +
			"in a directive's block.",
		'FILE is relative to the file that holds the `import`. It may hold one `*` and one `?`; the files it matches come ' +
			'in alphabetical order. No match for a pattern is a warning, a missing file an error.',
		'SNIPPET is the name of a block `(SNIPPET) { … }` further up.',
		'In the text that is brought in `{args[0]}` or `{args.0}` stands for the first argument, `{args[1]}` for the ' +
			'second, and so on.',
		'Imports may hold imports, at most 20 deep and 1000 in all; nothing may import itself.',
	],
	args: [
		{ name: 'FILE|SNIPPET', kind: 'word', text: 'what to bring in' },
		{
			name: 'ARGUMENTS',
			kind: 'word',
			optional: true,
			many: true,
			text: 'values for `{args[0]}` and the next',
		},
	],
	options: [],
	coredns: ['arguments are new; CoreDNS takes none'],
	tests: ['unit/config/parser'],
	example: `(usual) {
    errors
    cache {args[0]}
}

example.org {
    import usual 300
    forward . 192.0.2.1
}`,
	begin: () => undefined,
	// The parser has done it: imports are words, gone before directives are read.
	end: () => {},
});
