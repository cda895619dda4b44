import type { ArgumentSpec, OptionSpec, Values } from './spec.ts';

const zones = {
	name: 'ZONES',
	kind: 'zone',
	optional: true,
	many: true,
	default: 'all',
	text: 'only names in these zones go on',
} as const satisfies ArgumentSpec;

/** `fallthrough [ZONES...]`, as several directives have it. */
export function fallthroughOption<Draft extends { fallthrough: readonly string[] }>(
	text: string,
): OptionSpec<Draft> {
	return {
		name: 'fallthrough',
		args: [zones],
		text,
		default: 'off',
		apply: (draft, values: Values) => {
			const given = values.allTexts(zones.name);
			draft.fallthrough = given.length > 0 ? given : ['.'];
		},
	};
}
