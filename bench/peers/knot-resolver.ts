import { writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { findProgram, outputOf } from '../lib/process.ts';
import { type Peer, type Setting, versionIn } from './peer.ts';

/** Its cache is a file that it maps; no validation, and none of the modules that ask by themselves. */
const configuration = ({ place, upstream, directory }: Setting): string => `
net.listen('${place.address}', ${place.port}, { kind = 'dns' })
for _, name in ipairs({ 'ta_update', 'ta_signal_query', 'priming', 'detect_time_skew', 'detect_time_jump' }) do
	modules.unload(name)
end
trust_anchors.remove('.')
cache.open(512 * MB, 'lmdb://${directory}/cache')
modules.load('policy')
policy.add(policy.all(policy.FORWARD({ '${upstream.address}@${upstream.port}' })))
log_level('crit')
`;

export const knotResolver: Peer = {
	name: 'knot-resolver',
	install: 'apt-get install knot-resolver',
	canForceTcp: false,
	find: () => findProgram('kresd'),
	version: (program) => versionIn(outputOf(program, ['--version'])),
	command(program, setting) {
		const path = join(setting.directory, 'kresd.conf');
		writeFileSync(path, configuration(setting));
		return { program, args: ['-n', '-c', path, setting.directory] };
	},
};
