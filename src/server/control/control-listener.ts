import type { Server as HttpServer } from 'node:http';
import { createServer, type Server } from 'node:net';
import type { ControlEvents } from './control-http.ts';
import type { ControlTarget } from './control-target.ts';

/** Connections at once. */
export const connectionsMax = 16;

export interface ControlListener {
	/** Not yet bound to anything. */
	readonly server: Server;
	/** Ends it and every connection. */
	close(): void;
}

/**
 * The control socket's listener. It loads HTTP with the first connection, and hands each over: node:http takes 14 MiB, and
 * most servers are never asked.
 */
export function createControlListener(target: ControlTarget, events: ControlEvents): ControlListener {
	let loading: Promise<HttpServer> | undefined;
	let loaded: HttpServer | undefined;
	const load = async (): Promise<HttpServer> => {
		const { createControlServer } = await import('./control-http.ts');
		loaded = createControlServer(target, events);
		// It never listens itself; with this event it begins to look after the limits of its connections.
		loaded.emit('listening');
		return loaded;
	};
	const server = createServer({ pauseOnConnect: true }, (socket) => {
		socket.on('error', () => socket.destroy());
		loading ??= load();
		loading.then((http) => {
			http.emit('connection', socket);
			socket.resume();
		});
	});
	server.maxConnections = connectionsMax;
	server.on('drop', () => events.refusedConnection());
	return {
		server,
		close() {
			server.close();
			loaded?.closeAllConnections();
			loaded?.close();
		},
	};
}
