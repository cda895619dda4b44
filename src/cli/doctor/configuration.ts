/** The machine's resolv.conf, and what `petrel check` finds in the Corefile on this machine. */
import { localAddresses } from '../../net/addresses.ts';
import { parseResolvConf } from '../../server/resolv-conf.ts';
import { isResolvedStub } from '../lint/forward-rules.ts';
import { lint } from '../lint/lint.ts';
import { placeText } from '../place.ts';
import { type Check, type Examine, note, ok, problem } from './finding.ts';

const path = '/etc/resolv.conf';
/** Warnings of `petrel check` that are about this machine. */
const ofMachine = ['loops-to-itself', 'resolv-conf-stub', 'resolv-conf-unusable', 'address-collides'];

export const examineResolvConf: Examine = ({ reader }) => {
	const text = reader.readText(path);
	const nameservers = text === undefined ? [] : parseResolvConf(text);
	if (nameservers.length === 0) {
		const todo = 'write addresses into the Corefile (`forward . 192.0.2.1`), or a nameserver line into it';
		return [
			note('resolv-conf', `${path} ${text === undefined ? 'is not there' : 'names no nameserver'}`, todo),
		];
	}
	const all = nameservers.join(' ');
	if (nameservers.some(isResolvedStub)) {
		const text = `${path} names systemd-resolved's stub (${all})`;
		return [
			note('resolv-conf', text, 'forward to /run/systemd/resolve/resolv.conf, which names what it asks'),
		];
	}
	const own = nameservers.filter((address) => localAddresses(reader.interfaces).includes(address));
	if (own.length === 0) return [ok('resolv-conf', `${path} names ${all}`)];
	const what = `${path} names ${own.join(' ')}, an address of this machine`;
	return [
		note(
			'resolv-conf',
			what,
			'if that is petrel, `forward . /etc/resolv.conf` goes in a circle: write addresses',
		),
	];
};

export const examineCorefile: Examine = ({ loaded, reader }) => {
	if (loaded === undefined) return [];
	if (loaded.model === undefined) {
		const [first] = loaded.errors;
		const place = `${first.at.file}:${first.at.line}:${first.at.column}`;
		return [problem('corefile', `${place}: ${first.message}`, '`petrel check` shows all errors')];
	}
	const { warnings } = lint(loaded, reader);
	const checks: Check[] = warnings
		.filter(({ code }) => code !== undefined && ofMachine.includes(code))
		.map(({ at, code, message, hint }) => {
			const make = code === 'resolv-conf-stub' ? note : problem;
			return make('corefile', `${placeText(at)}: ${message}`, hint ?? '');
		});
	if (checks.length > 0) return checks;
	const blocks = loaded.model.blocks.length;
	return [
		ok('corefile', `${loaded.model.files[0]} loads: ${blocks} server ${blocks === 1 ? 'block' : 'blocks'}`),
	];
};
