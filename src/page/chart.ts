/** A chart as plain data: what the page's script makes a uPlot of. */

/** What an axis counts: it decides over labels and their places. Percentiles are x = 1 / (1 - p), so that 90 %, 99 % ... are evenly spread. */
export type AxisKind = 'seconds' | 'percentile' | 'rate' | 'duration' | 'percent' | 'octets' | 'entries';

export interface ChartSeries {
	readonly label: string;
	/** A custom property of the page's style, without its dashes. */
	readonly color: string;
	/** `marks`: ticks at the lower edge wherever there is any; the values are counts. */
	readonly look: 'line' | 'strong' | 'dotted' | 'dash-dot' | 'thin' | 'dashed' | 'points' | 'rings' | 'marks';
}

/** Series over one x, which ascends. null: a gap. */
export interface ChartTable {
	readonly x: readonly number[];
	readonly ys: readonly (readonly (number | null)[])[];
}

export interface Shade {
	readonly from: number;
	readonly to: number;
	readonly kind: 'warmup' | 'void';
}

export interface Chart {
	readonly title: string;
	/** What it shows and how to read it. */
	readonly caption: string;
	readonly x: AxisKind;
	readonly y: AxisKind;
	readonly xLog: boolean;
	readonly yLog: boolean;
	/** Its lines lie close together: it is higher than others, and y begins where the lowest does, not at 0. */
	readonly isClose?: boolean;
	readonly tables: readonly ChartTable[];
	/** As many as the tables have, in their order. */
	readonly series: readonly ChartSeries[];
	readonly shades: readonly Shade[];
	/** Limits of thresholds, drawn across. */
	readonly limits: readonly number[];
}

/** Colors in the style. */
export const seriesColors = 8;

/** What is compared has the same in every chart and table. */
export function seriesColor(place: number): string {
	return `series-${place % seriesColors}`;
}
