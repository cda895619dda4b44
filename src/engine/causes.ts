/** Why a question failed, in the words of CoreDNS's log, which people's `consolidate` patterns and alerts look for. */
export const cause = {
	timeout: 'i/o timeout',
	noUpstream: 'no healthy proxies',
	tooMany: (max: number): string => `concurrent queries exceeded maximum ${max}`,
} as const;
