/** The cure for a value of NodeLocal DNSCache's manifest that nothing has put an address in; undefined for others. */
export function pillarHint(text: string): string | undefined {
	const name = /__PILLAR__[A-Z_]*__/.exec(text)?.[0];
	if (name === undefined) return undefined;
	const meaning: Record<string, string> = {
		__PILLAR__UPSTREAM__SERVERS__: 'the upstream servers, usually /etc/resolv.conf',
		__PILLAR__CLUSTER__DNS__: 'the ClusterIP of the service kube-dns-upstream',
		__PILLAR__LOCAL__DNS__: 'the link-local address of the node cache, usually 169.254.20.10',
		__PILLAR__DNS__SERVER__: 'the ClusterIP of the service kube-dns',
		__PILLAR__DNS__DOMAIN__: 'the domain of the cluster, usually cluster.local',
	};
	const value = meaning[name] ?? 'its value';
	return `${name} is a placeholder of NodeLocal DNSCache's manifest: replace it by ${value}`;
}
