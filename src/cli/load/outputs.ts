/** Where the result goes. Files are opened before the run: one that cannot be written is said before time is spent. */
import { closeSync, openSync, writeSync } from 'node:fs';
import { renderDnsperfLines } from '../../load/report/dnsperf-lines.ts';
import { toHgrm } from '../../load/report/hgrm.ts';
import { toHtml } from '../../load/report/html/page.ts';
import { toJson, toJsonLines } from '../../load/report/json.ts';

import { summarize } from '../../load/report/summary.ts';
import { renderText } from '../../load/report/text.ts';
import type { LoadResult } from '../../load/result.ts';
import { messageOf, PetrelError } from '../../util/errors.ts';
import type { OutputOptions } from './output-options.ts';

export interface Outputs {
	write(result: LoadResult): void;
}

interface Output {
	readonly flag: string;
	readonly path: string | undefined;
	readonly render: (result: LoadResult) => string;
}

const stdoutPath = '-';

/** Throws `PETREL_CONFIG` for a file that cannot be written. */
export function openOutputs(options: OutputOptions): Outputs {
	const { threshold } = options;
	const wanted: Output[] = [
		{ flag: '--json', path: options.json, render: (result) => toJson(result, threshold) },
		{ flag: '--json-lines', path: options.jsonLines, render: toJsonLines },
		{ flag: '--html', path: options.html, render: (result) => toHtml(result, threshold) },
		{ flag: '--hgrm', path: options.hgrm, render: hgrmOfFirst },
	];
	const given = wanted.filter(({ path }) => path !== undefined);
	const files = given.flatMap(({ flag, path, render }) =>
		path === stdoutPath ? [] : [{ render, descriptor: open(flag, path!) }],
	);
	const toStdout = given.filter(({ path }) => path === stdoutPath);
	return {
		write(result) {
			for (const { render } of toStdout) process.stdout.write(render(result));
			if (toStdout.length === 0) process.stdout.write(stdoutText(result, options));
			for (const { render, descriptor } of files) {
				writeAll(descriptor, render(result));
				closeSync(descriptor);
			}
		},
	};
}

function open(flag: string, path: string): number {
	try {
		return openSync(path, 'w');
	} catch (thrown) {
		throw new PetrelError('PETREL_CONFIG', `${flag} ${path}: it cannot be written: ${messageOf(thrown)}`);
	}
}

function writeAll(descriptor: number, text: string): void {
	const octets = Buffer.from(text);
	for (let written = 0; written < octets.length; ) written += writeSync(descriptor, octets, written);
}

function stdoutText(result: LoadResult, { format, threshold }: OutputOptions): string {
	switch (format) {
		case 'json':
			return toJson(result, threshold);
		case 'dnsperf':
			return renderDnsperfLines(result);
		case 'text': {
			const color = process.stdout.hasColors?.() ?? false;
			const { columns } = process.stdout;
			return renderText(result, { color, thresholds: threshold, ...(columns ? { columns } : {}) });
		}
	}
}

/** Of the first target: the plotter takes a file for each line. */
function hgrmOfFirst(result: LoadResult): string {
	const { latencyUs, slots } = summarize(result)[0].measured;
	return toHgrm(latencyUs, slots.lost, result.setting.timeoutSec * 1e6);
}
