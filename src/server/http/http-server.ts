import { createServer, type Server } from 'node:http';
import type { AddressInfo } from 'node:net';
import { messageOf, PetrelError } from '../../util/errors.ts';
import { type Answers, answerRequest } from './answer.ts';
import { httpHostPort, type Routes, type WantedServer } from './wanted.ts';

/** CoreDNS's limits: a client that is slower, or idle for longer, is let go. */
const requestMs = 5000;
const idleMs = 5000;
/** Connections to one address at once; who comes then is closed. */
export const httpConnectionsMax = 256;
const headerBytesMax = 8192;

/** One HTTP server: GET and HEAD on a few paths. */
export class HttpServer {
	/** Which paths are answered; a reload may change it. */
	routes: Routes;
	readonly address: string;
	readonly port: number;
	readonly #server: Server;

	private constructor(
		server: Server,
		{ address }: WantedServer,
		port: number,
		routes: Routes,
		answers: Answers,
	) {
		this.routes = routes;
		this.address = address;
		this.port = port;
		this.#server = server;
		server.on('request', (request, response) => void answerRequest(request, response, this.routes, answers));
	}

	/** Rejects with `PETREL_BIND`. */
	static async open(wanted: WantedServer, answers: Answers): Promise<HttpServer> {
		const server = createServer({
			requestTimeout: requestMs,
			headersTimeout: requestMs,
			keepAliveTimeout: idleMs,
			connectionsCheckingInterval: 1000,
			maxHeaderSize: headerBytesMax,
		});
		server.maxConnections = httpConnectionsMax;
		const { address, port, origin, routes } = wanted;
		await new Promise<void>((resolve, reject) => {
			server.once('error', (thrown) => reject(bindFailure(wanted, origin, thrown)));
			server.listen({ port, ...(address === '' ? {} : { host: address }) }, resolve);
		});
		// Later errors are those of accept(2), such as too many open files: the next connection may do better.
		server.removeAllListeners('error').on('error', () => {});
		return new HttpServer(server, wanted, (server.address() as AddressInfo).port, routes, answers);
	}

	/** Where a client on this machine reaches it. */
	get url(): string {
		const { address } = this.#server.address() as AddressInfo;
		const reachable = address === '::' ? '::1' : address === '0.0.0.0' ? '127.0.0.1' : address;
		return `http://${httpHostPort(reachable, this.port)}`;
	}

	/** Stops listening at once; requests under way end with their answers, idle connections now. */
	async close(): Promise<void> {
		const closed = new Promise<void>((resolve) => this.#server.close(() => resolve()));
		this.#server.closeIdleConnections();
		const timer = setTimeout(() => this.#server.closeAllConnections(), 500);
		await closed;
		clearTimeout(timer);
	}
}

function bindFailure({ address, port }: WantedServer, origin: string, thrown: Error): PetrelError {
	const where = httpHostPort(address, port);
	const code = (thrown as NodeJS.ErrnoException).code;
	const reason =
		code === 'EADDRINUSE'
			? `the port is in use (${code}): \`ss -ltnp 'sport = :${port}'\` names the program. Stop it, or write another address`
			: code === 'EADDRNOTAVAIL'
				? `this machine has no such address (${code}): \`ip address\` lists those it has`
				: code === 'EACCES'
					? `not permitted (${code}): ports below 1024 need the capability NET_BIND_SERVICE. Write another port`
					: messageOf(thrown);
	return new PetrelError(
		'PETREL_BIND',
		`cannot listen on HTTP ${where}, which ${origin} asks for: ${reason}`,
		{
			cause: thrown,
		},
	);
}
