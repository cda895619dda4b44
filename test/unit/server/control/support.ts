/** A control socket over a target that a test makes up. */
import { mkdtempSync, rmSync } from 'node:fs';
import { request } from 'node:http';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { text } from 'node:stream/consumers';
import type { TestContext } from 'node:test';
import type {
	ControlTarget,
	FlushReport,
	FlushRequest,
} from '../../../../src/server/control/control-target.ts';

export function temporaryFolder(t: TestContext): string {
	const path = mkdtempSync(join(tmpdir(), 'petrel-control-'));
	t.after(() => rmSync(path, { recursive: true, force: true }));
	return path;
}

export const emptyReport: FlushReport = {
	schema: 1,
	removed: { positive: 0, negative: 0, failure: 0, cut: 0, large: 0 },
	removed_count: 0,
	took_ms: 1,
	locked_count: 0,
	silent_workers: [],
};

export class FakeTarget {
	readonly flushed: FlushRequest[] = [];

	async status(): Promise<unknown> {
		return { schema: 1, status: true };
	}
	async sample(): Promise<unknown> {
		throw new Error('the sample broke');
	}
	async flush(asked: FlushRequest): Promise<FlushReport> {
		this.flushed.push(asked);
		return emptyReport;
	}
	get target(): ControlTarget {
		return this as unknown as ControlTarget;
	}
}

export interface Answer {
	readonly status: number;
	readonly body: { readonly error?: string };
}

export async function exchange(
	socketPath: string,
	method: string,
	path: string,
	body?: string,
): Promise<Answer> {
	const { promise, resolve, reject } = Promise.withResolvers<Answer>();
	const sent = request({ socketPath, method, path, agent: false }, (response) => {
		text(response).then(
			(content) => resolve({ status: response.statusCode ?? 0, body: JSON.parse(content) }),
			reject,
		);
	});
	sent.on('error', reject);
	sent.end(body);
	return promise;
}
