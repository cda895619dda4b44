/** Settings of the directives that answer by themselves. Part of `ServerBlock` (../model.ts). */

export interface AclRule {
	readonly action: 'allow' | 'block' | 'filter' | 'drop';
}

export interface HostsOptions {
	readonly path: string | undefined;
}

export interface TemplateOptions {
	readonly zones: readonly string[];
}
