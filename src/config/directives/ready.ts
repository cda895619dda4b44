import { readHttpAddress } from '../http-address.ts';
import type { ReadyOptions } from '../model/operations.ts';
import { type ArgumentSpec, directive } from './spec.ts';

const address: ArgumentSpec = {
	name: 'ADDRESS',
	kind: 'word',
	optional: true,
	default: ':8181',
	text: 'where it listens, in the forms that [health](#health) knows',
};

const monitor = {
	name: 'MODE',
	kind: 'choice',
	choices: ['until-ready', 'continuously'],
	text: 'with `until-ready` what was ready once counts as ready until the end',
} as const satisfies ArgumentSpec;

type Draft = { -readonly [K in keyof ReadyOptions]: ReadyOptions[K] };

export const ready = directive<Draft>({
	name: 'ready',
	summary: 'an HTTP endpoint that says whether queries are answered',
	text: [
		'`GET /ready` is answered `200` with `OK` when every shard listens; before that with `503` and the names of what is ' +
			'not ready, separated by commas; after the signal to end with `503` and `Shutting down`.',
	],
	args: [address],
	options: [
		{
			name: 'monitor',
			args: [monitor],
			text: 'whether what was ready once is looked at again',
			default: 'until-ready',
			apply: (draft, values) => {
				draft.monitor = values.text(monitor.name) as ReadyOptions['monitor'];
			},
		},
	],
	once: true,
	coredns: [
		'the names are those of parts of petrel (`shards`), not of plugins',
		'after the signal to end it says `503` until the process ends; CoreDNS closes the port',
		'`GET` and `HEAD` only; CoreDNS answers every method',
	],
	tests: ['unit/config/http-directives', 'unit/server/http-servers', 'integration/probes'],
	example: `. {
    ready :8181
    forward . 192.0.2.1
}`,
	begin: (values, { statement, report }) => {
		const [word] = values.words(address.name);
		const listen = word ? readHttpAddress(word, report) : undefined;
		return { at: statement.name.at, monitor: 'until-ready', ...(listen ?? { address: '', port: 8181 }) };
	},
	end: (draft, { block }) => {
		block.ready = draft;
	},
});
