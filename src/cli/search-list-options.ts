import { Option } from 'commander';
import { parseCount } from './load/values.ts';

/** How made-up names are asked for by way of a search list. */
export function searchListOptions(): Option[] {
	return [
		new Option(
			'--search-list [domains]',
			'ask as a pod’s resolver does: with each domain behind the name, A and AAAA; three in four do not exist',
		).env('PETREL_SEARCH_LIST'),
		new Option('--ndots <count>', 'of --search-list: names with so many dots are asked as they are first')
			.argParser(parseCount('ndots', 0, 15))
			.default(5)
			.env('PETREL_NDOTS'),
	];
}
