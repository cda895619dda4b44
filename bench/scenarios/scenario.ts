import type { House } from '../lib/house.ts';
import type { Groups, Measurement } from '../lib/measurement.ts';

/** A column of its table: what is shown of the rounds. */
export interface Column {
	readonly title: string;
	readonly key: keyof Measurement;
	readonly digits: number;
	/** What one unit of the column is in units of the measurement; 1 if not said. */
	readonly unit?: number;
	/** The measurement that says that this one does not count. */
	readonly voidKey?: 'rateVoid' | 'latencyVoid';
}

export interface Scenario {
	readonly name: string;
	readonly title: string;
	/** What is done, for readers of the table. */
	readonly method: string;
	/** What stands over the first column of a table with groups. */
	readonly groupTitle?: string;
	readonly columns: readonly Column[];
	run(house: House): Promise<Groups>;
}

export const floorColumn: Column = { title: 'CPU a query, × the floor', key: 'floorMultiple', digits: 2 };
export const processorColumn: Column = { title: 'CPU a query, µs', key: 'processorUs', digits: 2 };
export const rateColumn: Column = {
	title: 'queries a second, thousands',
	key: 'rateQps',
	digits: 0,
	unit: 1000,
	voidKey: 'rateVoid',
};
