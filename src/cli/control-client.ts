import { type IncomingMessage, request } from 'node:http';
import { tmpdir } from 'node:os';
import { text } from 'node:stream/consumers';
import { Option } from 'commander';
import { controlOff, defaultControlPaths, socketPathMax } from '../server/control/control-path.ts';
import { schemaVersion } from '../server/control/control-target.ts';
import { messageOf, PetrelError } from '../util/errors.ts';

/** For an answer to begin; a flush of a very large cache takes seconds. */
const answerMs = 60_000;

/** `--control` of the commands that talk to a running server. */
export function controlOption(): Option {
	return new Option('--control <path>', 'the control socket of the petrel that is meant')
		.default(undefined, 'where petrel serve puts it: /run/petrel/control.sock first')
		.env('PETREL_CONTROL');
}

/** Why nothing came of a request. */
type Trouble = { readonly path: string; readonly code: string; readonly text: string };

/** A running petrel, through its control socket. */
export class ControlClient {
	readonly #paths: readonly string[];
	/** Where somebody has answered. */
	#path: string | undefined;

	/** @param path undefined: the places where petrel puts its socket by itself, in the same order */
	constructor(path: string | undefined) {
		const surroundings = { env: process.env, uid: process.getuid?.() ?? 0, tmpdir: tmpdir() };
		this.#paths = path === undefined ? defaultControlPaths(surroundings) : [path];
		if (path === controlOff) {
			throw new PetrelError(
				'PETREL_CONFIG',
				'PETREL_CONTROL or --control is `off`, which is no socket: name the path of one',
			);
		}
		if (path !== undefined && Buffer.byteLength(path) > socketPathMax) {
			throw new PetrelError(
				'PETREL_CONFIG',
				`${path} is longer than a socket's path can be (${socketPathMax} octets)`,
			);
		}
	}

	/** Where it is, once it has answered. */
	get path(): string {
		return this.#path ?? this.#paths[0];
	}

	get<Result>(route: string): Promise<Result> {
		return this.#ask<Result>('GET', route);
	}

	post<Result>(route: string, body: unknown): Promise<Result> {
		return this.#ask<Result>('POST', route, JSON.stringify(body));
	}

	/** As `post`, for an answer that is a stream: it is the caller's to read, or to destroy. */
	async open(route: string, body: unknown): Promise<IncomingMessage> {
		return this.#reach(async (path) => {
			const response = await send(path, 'POST', route, JSON.stringify(body));
			this.#path = path;
			if (response.statusCode !== 200) readAnswer(path, response.statusCode ?? 0, await text(response));
			return response;
		});
	}

	#ask<Result>(method: string, route: string, body?: string): Promise<Result> {
		return this.#reach(async (path) => {
			const response = await send(path, method, route, body);
			this.#path = path;
			return readAnswer(path, response.statusCode ?? 0, await text(response)) as Result;
		});
	}

	/** Throws `PETREL_CONTROL` if nobody answers, and `PETREL_CONFIG` if the request is not understood. */
	async #reach<Result>(ask: (path: string) => Promise<Result>): Promise<Result> {
		const troubles: Trouble[] = [];
		for (const path of this.#path === undefined ? this.#paths : [this.#path]) {
			try {
				return await ask(path);
			} catch (thrown) {
				if (thrown instanceof PetrelError) throw thrown;
				const { code = '', message } = thrown as NodeJS.ErrnoException;
				troubles.push({ path, code, text: message });
			}
		}
		throw new PetrelError('PETREL_CONTROL', troubleText(troubles));
	}
}

/** The answer, when its head is there. */
function send(
	socketPath: string,
	method: string,
	path: string,
	body: string | undefined,
): Promise<IncomingMessage> {
	const { promise, resolve, reject } = Promise.withResolvers<IncomingMessage>();
	const headers = body === undefined ? {} : { 'content-length': Buffer.byteLength(body) };
	const sent = request({ socketPath, method, path, headers, agent: false }, resolve);
	sent.setTimeout(answerMs, () => sent.destroy(new Error(`no answer within ${answerMs / 1000} s`)));
	sent.on('error', reject);
	sent.end(body);
	return promise;
}

function readAnswer(path: string, status: number, content: string): unknown {
	let answer: { schema?: unknown; error?: unknown };
	try {
		answer = JSON.parse(content);
	} catch (thrown) {
		throw new PetrelError(
			'PETREL_CONTROL',
			`${path}: what answers there is no petrel (${messageOf(thrown)})`,
		);
	}
	if (answer.schema !== schemaVersion) {
		throw new PetrelError(
			'PETREL_CONTROL',
			`${path}: the petrel there speaks version ${answer.schema} of this, not ${schemaVersion}: use its own program`,
		);
	}
	if (status === 200) return answer;
	throw new PetrelError(status === 400 ? 'PETREL_CONFIG' : 'PETREL_CONTROL', String(answer.error));
}

function troubleText(troubles: readonly Trouble[]): string {
	const denied = troubles.find(({ code }) => code === 'EACCES');
	if (denied !== undefined) {
		return `${denied.path} belongs to another user: run this as the user that runs petrel`;
	}
	const other = troubles.find(
		({ code }) => code !== 'ENOENT' && code !== 'ECONNREFUSED' && code !== 'ENOTDIR',
	);
	if (other !== undefined) return `${other.path}: ${other.text}`;
	const tried = troubles.map(
		({ path, code }) => `${path} (${code === 'ECONNREFUSED' ? 'left behind' : 'not there'})`,
	);
	return (
		`no petrel answers at ${tried.join(', ')}. Does one run, as this user, and without --control off? ` +
		'If its socket is elsewhere, name it: --control PATH'
	);
}
