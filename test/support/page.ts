/** What every page that petrel writes is held to: it loads nothing, and runs nothing that came from outside. */
import assert from 'node:assert/strict';
import { createHash } from 'node:crypto';

const voidElements = new Set(['meta', 'br', 'hr', 'img', 'link', 'input']);

/** Names of the elements of a page, having looked that each is closed where it may be. Scripts and styles are text. */
export function elementsOf(html: string): string[] {
	const names: string[] = [];
	const open: string[] = [];
	const bare = html.replace(/<(script|style)([^>]*)>[\s\S]*?<\/\1>/g, '<$1$2></$1>');
	for (const [, close, name] of bare.matchAll(/<(\/?)([a-z][a-z0-9]*)(?:\s+[a-z-]+(?:="[^"<>]*")?)*>/g)) {
		if (close === '/') {
			assert.equal(open.pop(), name);
			continue;
		}
		names.push(name);
		if (!voidElements.has(name)) open.push(name);
	}
	assert.deepEqual(open, []);
	const left = bare.replace(/<!doctype html>|<\/?[a-z][a-z0-9]*(?:\s+[a-z-]+(?:="[^"<>]*")?)*>/g, '');
	assert.doesNotMatch(left, /[<>]/);
	return names;
}

export function scriptsOf(html: string): string[] {
	return [...html.matchAll(/<script>([\s\S]*?)<\/script>/g)].map(([, text]) => text);
}

export function assertLoadsNothing(html: string): void {
	const markup = html.replace(/<(script|style)([^>]*)>[\s\S]*?<\/\1>/g, '<$1$2>');
	assert.doesNotMatch(
		markup,
		/\b(?:src|href|srcset|action|poster|data)\s*=|https?:|<(?:link|img|iframe|object|embed)/i,
	);
	assert.doesNotMatch(html, /url\(|@import/i);
	assert.doesNotMatch(html, /\bfetch\(|XMLHttpRequest|WebSocket|EventSource|sendBeacon|\bimport\(|\.src\b/);
	assert.match(html, /Content-Security-Policy" content="default-src 'none'; /);
}

export function assertScriptsAllowed(html: string, count: number): void {
	const [, policy] = /Content-Security-Policy" content="([^"]*)"/.exec(html)!;
	const allowed = [...policy.matchAll(/'sha256-([^']+)'/g)].map(([, hash]) => hash);
	const present = scriptsOf(html).map((text) => createHash('sha256').update(text).digest('base64'));
	assert.equal(present.length, count);
	assert.deepEqual(allowed, present);
	assert.doesNotMatch(policy, /script-src[^;]*unsafe/);
}
