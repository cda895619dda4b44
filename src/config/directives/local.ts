import { directive } from './spec.ts';

export const local = directive<{ localhostPrefix: boolean }>({
	name: 'local',
	summary: 'answers for localhost and the like',
	text: [
		'`localhost` and names below it are 127.0.0.1 and ::1. So are names that begin with the label localhost, such as ' +
			'`localhost.example.org`, which come from the search lists of stub resolvers; `localhost_prefix off` leaves those alone.',
		'The reverse zones of 0/8, 127/8 and 255/8 hold the name of 127.0.0.1 and nothing else. All answers have a TTL of ' +
			'604800 s.',
	],
	args: [],
	options: [
		{
			name: 'localhost_prefix',
			args: [
				{
					name: 'STATE',
					kind: 'choice',
					choices: ['on', 'off'],
					text: 'whether names that begin with localhost are answered',
				},
			],
			text: 'names that begin with the label localhost',
			default: 'on',
			apply: (draft, values) => {
				draft.localhostPrefix = values.text('STATE') === 'on';
			},
		},
	],
	once: true,
	coredns: [],
	tests: ['unit/config/local-directives', 'scenario/local-answers-for-localhost'],
	example: `. {
    local
    forward . 192.0.2.1
}`,
	begin: () => ({ localhostPrefix: true }),
	end: (draft, { block }) => {
		block.local = draft;
	},
});
