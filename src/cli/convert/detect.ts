import { dnsmasqOptions } from './dnsmasq-names.ts';

export type InputFormat = 'corefile' | 'dnsmasq' | 'kube-dns';

export const formatNames: Readonly<Record<InputFormat, string>> = {
	corefile: 'a Corefile',
	dnsmasq: 'a configuration of dnsmasq',
	'kube-dns': 'a ConfigMap of Kubernetes',
};

/** What a text was written for. A Corefile unless it is plainly something else. */
export function detectFormat(text: string): InputFormat {
	const lines = text
		.split(/\r?\n/)
		.map((line) => line.replace(/^\uFEFF/, '').trim())
		.filter((line) => line !== '' && !line.startsWith('#'));
	if (isConfigMap(text, lines)) return 'kube-dns';
	// A Corefile's blocks end their first line so, unless it has no braces: then that line is no option.
	if (lines.some((line) => line.endsWith('{'))) return 'corefile';
	const known = lines.filter(isDnsmasqLine);
	return isDnsmasqLine(lines[0] ?? '') && known.length * 2 > lines.length ? 'dnsmasq' : 'corefile';
}

function isConfigMap(text: string, lines: readonly string[]): boolean {
	if (/^\s*\{/.test(text))
		return /"(stubDomains|upstreamNameservers|federations)"|"kind"\s*:\s*"ConfigMap"/.test(text);
	return lines.some((line) => /^kind:\s*["']?ConfigMap\b|^(stubDomains|upstreamNameservers)\s*:/.test(line));
}

/** `option` or `option=value`, the option one that dnsmasq has. */
function isDnsmasqLine(line: string): boolean {
	const match = /^(?:--)?([a-zA-Z0-9-]+)\s*(?:=.*)?$/.exec(line.replace(/\s+#.*$/, ''));
	return match !== null && dnsmasqOptions.has(match[1]);
}
