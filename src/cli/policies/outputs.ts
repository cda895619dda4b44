/** Where the result goes. Files are opened before the study: one that cannot be written is said before time is spent. */
import { closeSync, openSync, writeFileSync } from 'node:fs';
import { renderCsv } from '../../lab/report/csv.ts';
import { type MadeBy, renderJson } from '../../lab/report/json.ts';
import { renderTable } from '../../lab/report/table.ts';
import type { StudyReport } from '../../lab/study/report.ts';
import { messageOf, PetrelError } from '../../util/errors.ts';
import type { StudyOptions } from './study-options.ts';

type Render = (report: StudyReport) => string | Promise<string>;

const stdoutPath = '-';
/** Where nobody says how wide: a file, a pipe. */
const widthElsewhere = 160;

/** @throws PETREL_CONFIG for a file that cannot be written, and for two results that both should go to stdout */
export function openOutputs(
	options: StudyOptions,
	madeBy: () => MadeBy,
): { write(report: StudyReport): Promise<void> } {
	const wanted: readonly (readonly [flag: string, path: string | undefined, render: Render])[] = [
		['--json', options.json, (report) => renderJson(report, madeBy())],
		['--csv', options.csv, renderCsv],
		['--html', options.html, renderPage],
	];
	const toStdout = wanted.filter(([, path]) => path === stdoutPath);
	if (toStdout.length > 1) {
		const flags = toStdout.map(([flag]) => flag).join(' and ');
		throw new PetrelError('PETREL_CONFIG', `${flags} both go to stdout: name a file for one of them`);
	}
	const files = wanted.flatMap(([flag, path, render]) =>
		path === undefined || path === stdoutPath ? [] : [{ render, descriptor: open(flag, path) }],
	);
	const table: Render = (report) => {
		const { columns = widthElsewhere } = process.stdout;
		return renderTable(report, { columns, details: options.details });
	};
	const [[, , toTerminal] = ['', '', table] as const] = toStdout;
	return {
		async write(report) {
			process.stdout.write(await toTerminal(report));
			for (const { render, descriptor } of files) {
				writeFileSync(descriptor, await render(report));
				closeSync(descriptor);
			}
		},
	};
}

async function renderPage(report: StudyReport): Promise<string> {
	const { studyPage } = await import('../../lab/report/html/page.ts');
	return studyPage(report);
}

function open(flag: string, path: string): number {
	try {
		return openSync(path, 'w');
	} catch (thrown) {
		throw new PetrelError('PETREL_CONFIG', `${flag} ${path}: it cannot be written: ${messageOf(thrown)}`);
	}
}
