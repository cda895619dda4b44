import { readHttpAddress } from '../http-address.ts';
import type { HealthOptions } from '../model/operations.ts';
import { type ArgumentSpec, directive } from './spec.ts';

const address: ArgumentSpec = {
	name: 'ADDRESS',
	kind: 'word',
	optional: true,
	default: ':8080',
	text: 'where it listens: `:8080` on every address of the machine, `127.0.0.1:8080`, `[fd00::a]:8080`, `localhost:8080`',
};

const duration = {
	name: 'DURATION',
	kind: 'duration',
	unit: 'ms',
	min: 0,
	max: 3_600_000,
	text: 'how long',
} as const satisfies ArgumentSpec;

type Draft = { -readonly [K in keyof HealthOptions]: HealthOptions[K] };

export const health = directive<Draft>({
	name: 'health',
	summary: 'an HTTP endpoint that says whether the process is well',
	text: [
		'`GET /health` is answered `200` with `OK`; with `503` and the names of the shards when a shard has neither worked ' +
			'nor been replaced for five seconds, so that a liveness probe restarts what a restart can help.',
		'Once a second petrel asks its own endpoint and measures how long that takes (`coredns_health_request_*`).',
		'Blocks with the same address share one server; so do `health`, `ready` and `prometheus` on one address.',
	],
	args: [address],
	options: [
		{
			name: 'lameduck',
			args: [duration],
			text: 'after the signal to end, goes on answering for so long, `/health` included',
			default: '0s',
			apply: (draft, values) => {
				draft.lameduckMs = values.number(duration.name)!;
			},
		},
	],
	coredns: [
		'the endpoint says `503` when a shard hangs; in CoreDNS it says `OK` as long as the process runs',
		'`GET` and `HEAD` only; CoreDNS answers every method',
		'host names other than localhost are refused; CoreDNS resolves them once, when it starts',
	],
	tests: ['unit/config/http-directives', 'unit/server/http-servers', 'integration/probes'],
	example: `. {
    health 127.0.0.1:8080 {
        lameduck 5s
    }
    forward . 192.0.2.1
}`,
	begin: (values, { statement, report, earlier }) => {
		if (earlier) {
			report.warn(
				statement.name.at,
				`\`health\` stands twice in this server block: this one holds, not line ${earlier.line}`,
				'remove one of them',
			);
		}
		const [word] = values.words(address.name);
		const listen = word ? readHttpAddress(word, report) : undefined;
		return { at: statement.name.at, lameduckMs: 0, ...(listen ?? { address: '', port: 8080 }) };
	},
	end: (draft, { block }) => {
		block.health = draft;
	},
});
