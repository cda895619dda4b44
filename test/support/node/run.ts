/** Runs petrel on a node that is made for the test, and says why it cannot where it cannot. */
import { spawn, spawnSync } from 'node:child_process';
import { once } from 'node:events';
import { join } from 'node:path';
import { text } from 'node:stream/consumers';
import type { Cleanup } from '../integration/child.ts';
import type { NodePlan, NodeResult } from './plan.ts';

function whyNoNode(): string | false {
	if (process.platform !== 'linux') return 'network namespaces are of Linux';
	if (process.getuid?.() !== 0) return 'network namespaces need root';
	const cable = 'ip link add name node type veth peer name world';
	const tried = spawnSync(
		'unshare',
		['--net', '--mount', 'sh', '-c', `${cable} && mount -t tmpfs none /etc`],
		{
			encoding: 'utf8',
		},
	);
	if (tried.status === 0) return false;
	return `no namespaces here: ${tried.error?.message ?? tried.stderr.trim()}`;
}

/** For a test's options. */
export const unlessNode: { readonly skip: string | false } = { skip: whyNoNode() };

/** Ends with the test, and all that it started. */
export async function runNode(cleanup: Cleanup, plan: NodePlan): Promise<NodeResult> {
	const program = join(import.meta.dirname, 'node.child.ts');
	const child = spawn('unshare', ['--net', '--mount', process.execPath, program], {
		stdio: ['pipe', 'pipe', 'pipe'],
	});
	const closed = once(child, 'close');
	cleanup.after(async () => {
		if (child.exitCode === null && child.signalCode === null) child.kill('SIGTERM');
		await closed;
	});
	child.stdin.end(JSON.stringify(plan));
	const [output, errors] = await Promise.all([text(child.stdout), text(child.stderr)]);
	await closed;
	if (child.exitCode !== 0) throw new Error(`the node ended with ${child.exitCode}:\n${errors}`);
	return JSON.parse(output);
}
