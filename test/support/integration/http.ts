/** HTTP as probes and Prometheus use it. */
import assert from 'node:assert/strict';
import { request } from 'node:http';
import { type Exposition, readExposition } from '../exposition.ts';
import type { Petrel } from './petrel.ts';

export interface HttpReply {
	readonly status: number;
	readonly body: string;
}

export function httpGet(url: string): Promise<HttpReply> {
	return new Promise((resolve, reject) => {
		const asked = request(url, { agent: false }, async (response) => {
			response.setEncoding('utf8');
			let body = '';
			for await (const chunk of response) body += chunk;
			resolve({ status: response.statusCode!, body });
		});
		asked.on('error', reject);
		asked.end();
	});
}

/** Where a running petrel answers a path, from its log. */
export function httpUrl({ log }: Pick<Petrel, 'log'>, path: '/health' | '/ready' | '/metrics'): string {
	const line = log.split('\n').find((text) => text.includes('HTTP on') && text.includes(path));
	const where = /HTTP on (\S+):(\d+):/.exec(line ?? '');
	assert.ok(where, `petrel does not answer ${path}:\n${log}`);
	return `http://${where[1]}:${where[2]}${path}`;
}

/** Scrapes once; the text must be right. */
export async function scrape(petrel: Pick<Petrel, 'log'>): Promise<Exposition> {
	const { status, body } = await httpGet(httpUrl(petrel, '/metrics'));
	assert.equal(status, 200, body);
	const exposition = readExposition(body);
	assert.deepEqual(exposition.faults, []);
	return exposition;
}
