import type { IncomingMessage, OutgoingHttpHeaders, ServerResponse } from 'node:http';
import { setTimeout as sleep } from 'node:timers/promises';
import { promisify } from 'node:util';
import { gzip } from 'node:zlib';
import type { ProbeSource, Readiness } from './probe-source.ts';
import type { Routes } from './wanted.ts';

/** A scrape's text, and its gzipped form where somebody asked for that. */
export interface Scrape {
	readonly text: Buffer;
	zipped?: Promise<Buffer>;
	/** When the one before of those who share it has left: see `inTurn`. */
	sent?: Promise<void>;
}

export interface Answers {
	readonly probes: ProbeSource;
	readonly readiness: Readiness;
	scrape(): Promise<Scrape>;
}

interface Answer {
	readonly status: number;
	readonly body: string | Buffer;
	readonly headers?: OutgoingHttpHeaders;
}

const plainText = 'text/plain; charset=utf-8';
/** As CoreDNS 1.14 names the form. */
const metricsText = 'text/plain; version=0.0.4; charset=utf-8; escaping=underscores';
const ok: Answer = { status: 200, body: 'OK' };
const noSniff = { 'X-Content-Type-Options': 'nosniff' };
const zip = promisify(gzip);
const restMs = 2;

/** Answers one request; never rejects. */
export async function answerRequest(
	request: IncomingMessage,
	response: ServerResponse,
	routes: Routes,
	answers: Answers,
): Promise<void> {
	const { status, body, headers } = await chooseAnswer(request, routes, answers).catch(failed);
	response.writeHead(status, {
		'Content-Type': plainText,
		'Content-Length': Buffer.byteLength(body),
		...headers,
	});
	response.end(request.method === 'HEAD' ? undefined : body);
	// A body that nobody asked for is not waited for.
	request.resume();
}

async function chooseAnswer(request: IncomingMessage, routes: Routes, answers: Answers): Promise<Answer> {
	const path = request.url?.split('?', 1)[0];
	const isHealth = routes.health && path === '/health';
	const isReady = routes.ready !== undefined && path === '/ready';
	const isMetrics = routes.metrics && path === '/metrics';
	if (!isHealth && !isReady && !isMetrics)
		return { status: 404, body: '404 page not found\n', headers: noSniff };
	if (request.method !== 'GET' && request.method !== 'HEAD') {
		return { status: 405, body: '405 method not allowed\n', headers: { ...noSniff, Allow: 'GET, HEAD' } };
	}
	if (isMetrics) return scraped(await answers.scrape(), request);
	if (isHealth) {
		const names = answers.probes.unhealthy();
		return names.length === 0 ? ok : { status: 503, body: names.join(',') };
	}
	const unready = answers.readiness.unready(routes.ready!);
	return unready === undefined ? ok : { status: 503, body: unready };
}

/**
 * Those who share a text get it one after the other, with a moment's rest between: written at once, they would hold a
 * shard on the same core up for all of them.
 */
function inTurn(scrape: Scrape): Promise<void> {
	const turn = scrape.sent ?? Promise.resolve();
	scrape.sent = turn.then(() => sleep(restMs));
	return turn;
}

async function scraped(scrape: Scrape, request: IncomingMessage): Promise<Answer> {
	await inTurn(scrape);
	const headers = { 'Content-Type': metricsText };
	if (!/\bgzip\b/.test(String(request.headers['accept-encoding'])))
		return { status: 200, body: scrape.text, headers };
	scrape.zipped ??= zip(scrape.text);
	return { status: 200, body: await scrape.zipped, headers: { ...headers, 'Content-Encoding': 'gzip' } };
}

function failed(thrown: unknown): Answer {
	return { status: 500, body: `petrel could not answer: ${String(thrown)}\n`, headers: noSniff };
}
