import { metricHelp } from '../../load/report/metrics.ts';

const part = /(<!-- written from the metrics: begin -->\n)[\s\S]*?(<!-- end -->)/;

/** The text of docs/load.md with the metrics that thresholds may be about put in. */
export function withMetrics(text: string): string {
	return text.replace(
		part,
		(_, begin: string, end: string) => `${begin}\n\`\`\`txt\n${metricHelp()}\n\`\`\`\n\n${end}`,
	);
}
