/** `petrel upstream`: from flags to a server that runs until a signal or its time ends it. */
import { readFileSync } from 'node:fs';
import { maxCountedNames } from '../load/upstream/report.ts';
import { parseRuleFile } from '../load/upstream/rule-file.ts';
import type { Rule } from '../load/upstream/rules.ts';
import { UpstreamScript } from '../load/upstream/script.ts';
import { type RunningUpstream, startUpstream } from '../load/upstream/server.ts';
import { hostPort } from '../net/bind-error.ts';
import { chooseTransport } from '../net/open-transport.ts';
import type { ListenAddress } from '../server/listen-plan.ts';
import { systemClock } from '../util/clock.ts';
import { messageOf, PetrelError } from '../util/errors.ts';
import { standardInput } from './corefile-input.ts';
import type { UpstreamCommandOptions } from './upstream-options.ts';
import { ReportFile, reportObject, type Served, summaryText } from './upstream-report.ts';
import { packageVersion } from './version.ts';

const defaultListen: ListenAddress = { address: '127.0.0.1', port: 5300 };
/** Of an address that is left out, as in ":5300". */
const everyAddress = ['0.0.0.0', '::'];
/** Answers that wait for their time, the most that a transport keeps clients for. */
const maxWaiting = 65_536;

function readRules(path: string | undefined): Rule[] {
	if (path === undefined) return [];
	const name = path === standardInput ? '(stdin)' : path;
	let text: string;
	try {
		text = readFileSync(path === standardInput ? 0 : path, 'utf8');
	} catch (thrown) {
		throw new PetrelError('PETREL_CONFIG', `the rules ${name} cannot be read: ${messageOf(thrown)}`);
	}
	return parseRuleFile(text, name);
}

function makeScript(rules: readonly Rule[], options: UpstreamCommandOptions): UpstreamScript {
	const { seed, always, ttl, zone, schedule } = options;
	return new UpstreamScript({
		seed,
		rules,
		always,
		ttlSec: ttl,
		...(zone.length > 0 && { zones: zone }),
		...(schedule && { schedule }),
		remembered: 0,
		expectedNames: maxCountedNames,
	});
}

/** Starts all of them, or none. */
async function startAll(
	listen: readonly ListenAddress[],
	script: UpstreamScript,
	transport: RunningUpstream['transport'],
): Promise<RunningUpstream[]> {
	const started: RunningUpstream[] = [];
	const wanted = listen.length > 0 ? listen : [defaultListen];
	try {
		for (const { address, port } of wanted) {
			for (const one of address === undefined ? everyAddress : [address]) {
				started.push(await startUpstream({ address: one, port, script, transport, maxWaiting }));
			}
		}
	} catch (thrown) {
		await Promise.all(started.map((upstream) => upstream.close()));
		throw thrown;
	}
	return started;
}

/** Resolves at the first SIGTERM or SIGINT, or when the time is over; the second signal ends the process at once. */
function ending(durationMs: number | undefined): Promise<void> {
	return new Promise((resolve) => {
		let told = false;
		const onSignal = (signal: NodeJS.Signals): void => {
			if (told) process.exit(signal === 'SIGINT' ? 130 : 143);
			told = true;
			resolve();
		};
		process.on('SIGTERM', onSignal).on('SIGINT', onSignal);
		if (durationMs !== undefined) setTimeout(resolve, durationMs).unref();
	});
}

export async function runUpstream(path: string | undefined, options: UpstreamCommandOptions): Promise<void> {
	const { report, reportEvery } = options;
	if (reportEvery !== undefined && report === undefined) {
		throw new PetrelError(
			'PETREL_CONFIG',
			'--report-every says how often, and nothing says where: add --report FILE, or --report - for stdout',
		);
	}
	const rules = readRules(path);
	const script = makeScript(rules, options);
	const { name, reason } = chooseTransport(options.transport);
	const file = report === undefined ? undefined : new ReportFile(report);
	const clock = systemClock(0);
	const upstreams = await startAll(options.listen, script, name);
	const served: Served = { script, upstreams, seed: options.seed, startedMs: clock.nowMs(), clock };
	const end = ending(options.duration);
	process.on('SIGUSR1', () => {
		if (file) file.write(reportObject(served, 'signal'));
		else process.stderr.write(summaryText(served));
	});
	const interval =
		reportEvery === undefined
			? undefined
			: setInterval(() => file?.write(reportObject(served, 'interval')), reportEvery);
	const addresses = upstreams.map((upstream) => hostPort(upstream.address, upstream.port)).join(' ');
	const transport = reason === undefined ? name : `${name} (${reason})`;
	process.stderr.write(
		`petrel ${packageVersion()} upstream ready: ${addresses} udp+tcp, transport ${transport}, ${countOf(rules.length, 'rule')}\n`,
	);
	await end;
	clearInterval(interval);
	await Promise.all(upstreams.map((upstream) => upstream.close()));
	file?.write(reportObject(served, 'end'));
	const summary = summaryText(served);
	if (report === standardInput) process.stderr.write(summary);
	else process.stdout.write(summary);
}

function countOf(count: number, what: string): string {
	return `${count} ${what}${count === 1 ? '' : 's'}`;
}
