import { createServer, type IncomingMessage, type Server, type ServerResponse } from 'node:http';
import { messageOf, PetrelError } from '../../util/errors.ts';
import { readRecordRequest } from '../record/record-request.ts';
import { RecordingRuns } from '../record/recordings.ts';
import { type ControlTarget, schemaVersion } from './control-target.ts';
import { readFlushRequest } from './flush-request.ts';

/** Bounds of the control socket's HTTP. */
const headerBytesMax = 4096;
const bodyBytesMax = 4096;
/** For a request to arrive whole. */
const requestMs = 5000;
const lookEveryMs = 1000;
/** Of a connection on which nothing moves; a flush of a very large cache takes seconds. */
const idleMs = 120_000;

export interface ControlEvents {
	request(): void;
	refusedConnection(): void;
}

/** An answer other than 200. */
class Refusal extends Error {
	readonly status: number;

	constructor(status: number, message: string) {
		super(message);
		this.status = status;
	}
}

const streamed = Symbol('streamed');

interface Route {
	readonly method: 'GET' | 'POST';
	/** What is sent as JSON; `streamed`: it has written to the response itself. */
	run(target: ControlTarget, body: string, response: ServerResponse): Promise<unknown>;
}

const routes: Readonly<Record<string, Route | undefined>> = {
	'/status': { method: 'GET', run: (target) => target.status() },
	'/sample': { method: 'GET', run: (target) => target.sample() },
	'/flush': { method: 'POST', run: (target, body) => target.flush(readFlushRequest(body)) },
	'/record': { method: 'POST', run: record },
	'/record/end': { method: 'POST', run: (target) => target.endRecording() },
};

async function record(target: ControlTarget, body: string, response: ServerResponse): Promise<unknown> {
	await target.record(readRecordRequest(body), () =>
		response.writeHead(200, { 'content-type': 'application/octet-stream' }),
	);
	return streamed;
}

/** The control socket's HTTP: JSON in, JSON out, or a recording. It is given its connections (control-listener.ts). */
export function createControlServer(target: ControlTarget, events: ControlEvents): Server {
	const server = createServer(
		{
			maxHeaderSize: headerBytesMax,
			requestTimeout: requestMs,
			headersTimeout: requestMs,
			keepAliveTimeout: requestMs,
			connectionsCheckingInterval: lookEveryMs,
		},
		(request, response) => {
			events.request();
			answer(target, request, response).then(
				(result) => result === streamed || send(response, 200, result),
				(thrown) => sendError(response, thrown),
			);
		},
	);
	server.timeout = idleMs;
	return server;
}

async function answer(
	target: ControlTarget,
	request: IncomingMessage,
	response: ServerResponse,
): Promise<unknown> {
	const path = (request.url ?? '').split('?', 1)[0];
	const route = Object.hasOwn(routes, path) ? routes[path] : undefined;
	if (route === undefined) {
		throw new Refusal(404, `${path} is not there; there are ${Object.keys(routes).join(', ')}`);
	}
	if (request.method !== route.method) throw new Refusal(405, `${path} takes ${route.method}`);
	return route.run(target, await bodyOf(request), response);
}

async function bodyOf(request: IncomingMessage): Promise<string> {
	const chunks: Buffer[] = [];
	let bytes = 0;
	for await (const chunk of request as AsyncIterable<Buffer>) {
		bytes += chunk.length;
		if (bytes > bodyBytesMax) throw new Refusal(413, `a request has at most ${bodyBytesMax} octets`);
		chunks.push(chunk);
	}
	return Buffer.concat(chunks).toString('utf8');
}

function sendError(response: ServerResponse, thrown: unknown): void {
	if (response.headersSent) {
		response.destroy();
		return;
	}
	const status = statusOf(thrown);
	// What is left of the request is not read.
	if (status === 413) response.setHeader('connection', 'close');
	send(response, status, { schema: schemaVersion, error: messageOf(thrown) });
}

function statusOf(thrown: unknown): number {
	if (thrown instanceof Refusal) return thrown.status;
	if (thrown instanceof RecordingRuns) return 409;
	return thrown instanceof PetrelError && thrown.code === 'PETREL_CONFIG' ? 400 : 500;
}

function send(response: ServerResponse, status: number, result: unknown): void {
	if (response.destroyed) return;
	const text = `${JSON.stringify(result)}\n`;
	response.writeHead(status, {
		'content-type': 'application/json',
		'content-length': Buffer.byteLength(text),
	});
	response.end(text);
}
