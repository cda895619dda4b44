/** All directives, in the order of the documentation. */
import { bind } from './bind.ts';
import { bufsize } from './bufsize.ts';
import { cache } from './cache.ts';
import { errors } from './errors.ts';
import { forward } from './forward.ts';
import { header } from './header.ts';
import { health } from './health.ts';
import { importDirective } from './import.ts';
import { loop } from './loop.ts';
import { prometheus } from './prometheus.ts';
import { ready } from './ready.ts';
import { reload } from './reload.ts';
import type { Directive } from './spec.ts';
import { whoami } from './whoami.ts';

const directives: readonly Directive[] = [
	bind,
	bufsize,
	cache,
	errors,
	forward,
	header,
	health,
	importDirective,
	loop,
	reload,
	prometheus,
	ready,
	whoami,
];

export const directiveTable: ReadonlyMap<string, Directive> = new Map(
	directives.map((directive) => [directive.name, directive]),
);
