/** Settings of the directives that change queries and answers on their way. Part of `ServerBlock` (../model.ts). */

export interface RewriteRule {
	readonly field: string;
}

export interface Dns64Options {
	readonly prefix: string;
}

export interface LoadBalanceOptions {
	readonly policy: 'round_robin';
}
