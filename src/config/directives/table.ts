/** All directives, in the order of the documentation. */
import { acl } from './acl.ts';
import { any } from './any.ts';
import { bind } from './bind.ts';
import { bufsize } from './bufsize.ts';
import { cache } from './cache.ts';
import { debug } from './debug.ts';
import { dns64 } from './dns64.ts';
import { errors } from './errors.ts';
import { forward } from './forward.ts';
import { header } from './header.ts';
import { health } from './health.ts';
import { hosts } from './hosts.ts';
import { importDirective } from './import.ts';
import { loadbalance } from './loadbalance.ts';
import { local } from './local.ts';
import { log } from './log.ts';
import { loop } from './loop.ts';
import { minimal } from './minimal.ts';
import { nsid } from './nsid.ts';
import { prometheus } from './prometheus.ts';
import { ready } from './ready.ts';
import { reload } from './reload.ts';
import { rewrite } from './rewrite.ts';
import type { Directive } from './spec.ts';
import { template } from './template.ts';
import { timeouts } from './timeouts.ts';
import { whoami } from './whoami.ts';
import { multisocket, pprof, shed, trace } from './without-effect.ts';

const directives: readonly Directive[] = [
	acl,
	any,
	bind,
	bufsize,
	cache,
	debug,
	dns64,
	errors,
	forward,
	header,
	health,
	hosts,
	importDirective,
	loadbalance,
	local,
	log,
	loop,
	minimal,
	multisocket,
	nsid,
	pprof,
	prometheus,
	ready,
	reload,
	rewrite,
	shed,
	template,
	timeouts,
	trace,
	whoami,
];

export const directiveTable: ReadonlyMap<string, Directive> = new Map(
	directives.map((directive) => [directive.name, directive]),
);
