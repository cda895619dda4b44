/** A chart as plain data: what the page's script makes a uPlot of. */

/** What an axis counts: it decides over labels. Percentiles are x = 1 / (1 - p), so that 90 %, 99 % ... are evenly spread. */
export type AxisKind = 'seconds' | 'percentile' | 'rate' | 'duration' | 'percent';

export interface ChartSeries {
	readonly label: string;
	/** A custom property of the page's style, without its dashes. */
	readonly color: string;
	/** `marks`: ticks at the lower edge wherever there is any; the values are counts. */
	readonly look: 'line' | 'thin' | 'dashed' | 'points' | 'rings' | 'marks';
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
	readonly tables: readonly ChartTable[];
	/** As many as the tables have, in their order. */
	readonly series: readonly ChartSeries[];
	readonly shades: readonly Shade[];
	/** Limits of thresholds, drawn across. */
	readonly limits: readonly number[];
}

/** Colors in the style. */
const targetColors = 6;

/** A target has the same in every chart and table. */
export function targetColor(place: number): string {
	return `target-${place % targetColors}`;
}
