/** Node.js, the native addon, and what the kernel must have for them. */
import { type Examine, note, ok, problem } from './finding.ts';

/** Lines of Node.js with long-term support that petrel runs on. */
const supportedMajors = [22, 24, 26];
const oldest = [22, 18] as const;

export const examineNode: Examine = ({ reader }) => {
	const { nodeVersion } = reader;
	const [major, minor] = nodeVersion.split('.').map(Number);
	const what = `Node.js ${nodeVersion} (${reader.platform}-${reader.arch})`;
	if (major < oldest[0] || (major === oldest[0] && minor < oldest[1])) {
		return [problem('node', `${what} is too old`, `install ${oldest.join('.')} or newer, best 26`)];
	}
	if (supportedMajors.includes(major)) return [ok('node', `${what}, a line with long-term support`)];
	const lines = supportedMajors.join(', ');
	return [
		note(
			'node',
			`${what} is no line that petrel is tested with`,
			`take one with long-term support: ${lines}`,
		),
	];
};

export const examineTransport: Examine = ({ reader }) => {
	if (reader.env.PETREL_TRANSPORT === 'dgram') {
		return [
			note('transport', 'node:dgram, since PETREL_TRANSPORT says so', 'unset it to use the native addon'),
		];
	}
	if (reader.addonFault === undefined) return [ok('transport', 'native: the addon loads')];
	const text = `node:dgram: ${reader.addonFault}`;
	return [
		note(
			'transport',
			text,
			'the same answers at more CPU; `npm run build:native` builds the addon in a checkout',
		),
	];
};

/** SO_REUSEPORT came with Linux 3.9. */
export const examineReusePort: Examine = ({ reader }) => {
	const { platform } = reader;
	if (platform !== 'linux') {
		const todo = 'run it on Linux for more than one worker at a port';
		return [note('reuse-port', `on ${platform} the kernel does not spread queries over workers`, todo)];
	}
	const release = reader.readText('/proc/sys/kernel/osrelease')?.trim();
	const [major, minor] = (release ?? '').split('.').map(Number);
	if (major < 3 || (major === 3 && minor < 9)) {
		return [problem('reuse-port', `Linux ${release} has no SO_REUSEPORT`, 'a kernel from 3.9 on is needed')];
	}
	return [ok('reuse-port', `SO_REUSEPORT: Linux ${release ?? '(release unknown)'}`)];
};

export const examineContainer: Examine = ({ reader }) => {
	const { env } = reader;
	const inPod = env.KUBERNETES_SERVICE_HOST !== undefined;
	const inContainer =
		inPod ||
		reader.readText('/.dockerenv') !== undefined ||
		/docker|containerd|kubepods|libpod/.test(reader.readText('/proc/1/cgroup') ?? '');
	const cgroup = reader.readText('/sys/fs/cgroup/cgroup.controllers') === undefined ? 'v1, or none' : 'v2';
	const where = inPod ? 'in a pod of Kubernetes' : inContainer ? 'in a container' : 'not in a container';
	return [ok('container', `${where}, cgroup ${cgroup}`)];
};
