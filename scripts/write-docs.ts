/**
 * Writes the documents that are made from tables in the source. With `--check` nothing is written: exit 1 if a document
 * is not what would be written.
 */
import { readFileSync, writeFileSync } from 'node:fs';
import { renderCommandsDocument } from '../src/cli/document.ts';
import { withMetrics } from '../src/cli/load/document.ts';
import { renderDirectivesDocument } from '../src/config/directives-document.ts';
import { renderCorefileDocument } from '../src/config/document.ts';
import { renderMetricsDocument } from '../src/metrics/registry/document.ts';
import { messageOf } from '../src/util/errors.ts';

const documents: ReadonlyMap<string, () => string | Promise<string>> = new Map<
	string,
	() => string | Promise<string>
>([
	['docs/commands.md', renderCommandsDocument],
	['docs/corefile.md', renderCorefileDocument],
	['docs/directives.md', renderDirectivesDocument],
	['docs/metrics.md', renderMetricsDocument],
	['docs/load.md', () => withMetrics(currentText(new URL('../docs/load.md', import.meta.url)))],
]);

function currentText(path: URL): string {
	try {
		return readFileSync(path, 'utf8');
	} catch (thrown) {
		process.stderr.write(`${messageOf(thrown)}\n`);
		return '';
	}
}

const isCheck = process.argv.includes('--check');
for (const [name, render] of documents) {
	const path = new URL(`../${name}`, import.meta.url);
	const text = await render();
	if (!isCheck) {
		writeFileSync(path, text);
		process.stdout.write(`${name} written\n`);
	} else if (currentText(path) !== text) {
		process.stderr.write(`${name} is not up to date: run \`npm run docs\`\n`);
		process.exitCode = 1;
	}
}
