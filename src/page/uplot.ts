import { readFileSync } from 'node:fs';
import { createRequire } from 'node:module';

/** The library that draws the charts, to be put into a page. */
export interface ChartLibrary {
	readonly script: string;
	readonly style: string;
}

/** Read from the package uplot, wherever it is installed. Its license goes with it, as it asks for. */
export function chartLibrary(): ChartLibrary {
	const { resolve } = createRequire(import.meta.url);
	const read = (file: string): string => readFileSync(resolve(`uplot/${file}`), 'utf8').trim();
	const license = read('LICENSE').replaceAll('*/', '* /');
	return {
		script: `/*\n${license}\n*/\n${read('dist/uPlot.iife.min.js')}`,
		style: read('dist/uPlot.min.css'),
	};
}
