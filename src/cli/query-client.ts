import { createSocket } from 'node:dgram';
import { createConnection, isIPv6 } from 'node:net';
import { type DecodedPacket, decode, encode, type Packet } from 'dns-packet';
import { hostPort } from '../net/bind-error.ts';
import type { Clock } from '../util/clock.ts';
import { messageOf, PetrelError } from '../util/errors.ts';
import { type Random, randomBelow } from '../util/random.ts';

export interface Question {
	readonly name: string;
	readonly type: number;
	readonly recursionDesired: boolean;
	readonly dnssecOk: boolean;
}

export interface Server {
	readonly address: string;
	readonly port: number;
	readonly transport: 'udp' | 'tcp';
}

/** What dns-packet decodes; its types leave out two fields of the header. */
export type Message = DecodedPacket & { readonly opcode: string; readonly rcode: string };

export interface Reply {
	readonly server: Server;
	readonly message: Message;
	readonly sizeBytes: number;
	readonly elapsedMs: number;
}

/** A datagram may be lost: it is sent again after this part of the whole wait. */
const resendAfterShare = 0.4;
const udpPayloadSize = 1232;
const recursionDesiredFlag = 1 << 8;
const dnssecOkFlag = 1 << 15;

/**
 * Asks one question and waits for the reply that belongs to it. A truncated reply over UDP is asked for again over TCP.
 * Rejects with `PETREL_QUERY` when none comes in time.
 */
export async function ask(
	question: Question,
	server: Server,
	timeoutMs: number,
	clock: Clock,
	random: Random,
): Promise<Reply> {
	const startMs = clock.nowMs();
	const id = randomBelow(random, 0x1_0000);
	const octets = encodeQuery(question, id, server);
	const exchange = server.transport === 'tcp' ? exchangeTcp : exchangeUdp;
	const { message, sizeBytes } = await exchange(server, octets, id, timeoutMs);
	const elapsedMs = clock.nowMs() - startMs;
	if (message.flag_tc && server.transport === 'udp') {
		return ask(question, { ...server, transport: 'tcp' }, Math.max(1, timeoutMs - elapsedMs), clock, random);
	}
	return { server, message, sizeBytes, elapsedMs };
}

type Answered = Pick<Reply, 'message' | 'sizeBytes'>;

function encodeQuery(question: Question, id: number, server: Server): Buffer {
	const packet = {
		type: 'query',
		id,
		flags: question.recursionDesired ? recursionDesiredFlag : 0,
		// dns-packet takes a type by number in this form.
		questions: [{ name: question.name.replace(/\.$/, ''), type: `UNKNOWN_${question.type}`, class: 'IN' }],
		additionals: [
			{ type: 'OPT', name: '.', udpPayloadSize, flags: question.dnssecOk ? dnssecOkFlag : 0, options: [] },
		],
	};
	try {
		return encode(packet as unknown as Packet);
	} catch (thrown) {
		throw failure(server, `${question.name} cannot be asked for: ${messageOf(thrown)}`);
	}
}

function failure(server: Server, text: string): PetrelError {
	const where = `${hostPort(server.address, server.port)} over ${server.transport.toUpperCase()}`;
	return new PetrelError('PETREL_QUERY', `${where}: ${text}`);
}

function noAnswer(server: Server, timeoutMs: number): PetrelError {
	return failure(
		server,
		`no answer within ${timeoutMs / 1000} s. Does a server run there, and is the port right?`,
	);
}

/** The reply, if the octets are one to the query with this ID; undefined if they are something else. */
function decodeReply(octets: Buffer, id: number): Answered | undefined {
	try {
		const message = decode(octets) as Message;
		if (message.type !== 'response' || message.id !== id) return undefined;
		return { message, sizeBytes: octets.length };
	} catch {
		return undefined;
	}
}

function exchangeUdp(server: Server, octets: Buffer, id: number, timeoutMs: number): Promise<Answered> {
	const { promise, resolve, reject } = Promise.withResolvers<Answered>();
	const socket = createSocket(isIPv6(server.address) ? 'udp6' : 'udp4');
	const fail = (error: Error): void => reject(failure(server, explain(error)));
	const send = (): void => socket.send(octets, (error) => error && fail(error));
	const resend = setTimeout(send, timeoutMs * resendAfterShare);
	const timer = setTimeout(() => reject(noAnswer(server, timeoutMs)), timeoutMs);
	socket.on('error', fail);
	socket.on('message', (message) => {
		const reply = decodeReply(message, id);
		if (reply) resolve(reply);
	});
	// Connected, so that datagrams from elsewhere do not get here and a closed port is told.
	socket.connect(server.port, server.address, send);
	return promise.finally(() => {
		clearTimeout(resend);
		clearTimeout(timer);
		socket.close();
	});
}

function exchangeTcp(server: Server, octets: Buffer, id: number, timeoutMs: number): Promise<Answered> {
	const { promise, resolve, reject } = Promise.withResolvers<Answered>();
	const socket = createConnection({ host: server.address, port: server.port, noDelay: true });
	const timer = setTimeout(() => reject(noAnswer(server, timeoutMs)), timeoutMs);
	let received = Buffer.alloc(0);
	socket.on('error', (error) => reject(failure(server, explain(error))));
	socket.on('close', () => reject(failure(server, 'the server closed the connection without an answer')));
	socket.on('connect', () => {
		const length = Buffer.alloc(2);
		length.writeUInt16BE(octets.length);
		socket.write(Buffer.concat([length, octets]));
	});
	socket.on('data', (chunk: Buffer) => {
		received = Buffer.concat([received, chunk]);
		if (received.length < 2 || received.length < 2 + received.readUInt16BE()) return;
		const reply = decodeReply(received.subarray(2, 2 + received.readUInt16BE()), id);
		if (reply) resolve(reply);
		else reject(failure(server, 'what came back is no reply to the query'));
	});
	return promise.finally(() => {
		clearTimeout(timer);
		socket.destroy();
	});
}

function explain(error: NodeJS.ErrnoException): string {
	if (error.code === 'ECONNREFUSED')
		return 'nobody listens there (ECONNREFUSED): start it, or name another port';
	return error.message;
}
