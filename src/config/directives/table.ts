/** All directives, in the order of the documentation. */
import { bind } from './bind.ts';
import { bufsize } from './bufsize.ts';
import { cache } from './cache.ts';
import { dns64 } from './dns64.ts';
import { errors } from './errors.ts';
import { forward } from './forward.ts';
import { header } from './header.ts';
import { health } from './health.ts';
import { importDirective } from './import.ts';
import { loadbalance } from './loadbalance.ts';
import { loop } from './loop.ts';
import { minimal } from './minimal.ts';
import { prometheus } from './prometheus.ts';
import { ready } from './ready.ts';
import { reload } from './reload.ts';
import { rewrite } from './rewrite.ts';
import type { Directive } from './spec.ts';
import { timeouts } from './timeouts.ts';
import { whoami } from './whoami.ts';
import { multisocket, pprof, shed, trace } from './without-effect.ts';

const directives: readonly Directive[] = [
	bind,
	bufsize,
	cache,
	dns64,
	errors,
	forward,
	header,
	health,
	importDirective,
	loadbalance,
	loop,
	reload,
	prometheus,
	ready,
	minimal,
	multisocket,
	pprof,
	rewrite,
	shed,
	timeouts,
	trace,
	whoami,
];

export const directiveTable: ReadonlyMap<string, Directive> = new Map(
	directives.map((directive) => [directive.name, directive]),
);
