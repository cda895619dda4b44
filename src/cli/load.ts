import { Command, Option } from 'commander';
import { cryptoRandom } from '../util/random.ts';
import { outputOptions } from './load/output-options.ts';
import { paceOptions } from './load/pace-options.ts';
import { runLoad } from './load/run.ts';
import { workloadOptions } from './load/workload-options.ts';

export function loadCommand(): Command {
	const command = new Command('load')
		.description('Load-test DNS servers, and say what is true of them: from when each query was due.')
		.argument(
			'<target...>',
			'ADDRESS, ADDRESS:PORT, [IPV6]:PORT or tcp://…, a name and = before it if you like; several are measured in turns',
		)
		.usage('[options] <target...>');
	for (const option of [...paceOptions(), ...workloadOptions(), ...outputOptions()])
		command.addOption(option);
	return command
		.addOption(
			new Option(
				'--i-own-this-target',
				'allow targets beyond loopback and private addresses: a load test of another’s server is an attack',
			)
				.default(false)
				.env('PETREL_I_OWN_THIS_TARGET'),
		)
		.addHelpText(
			'after',
			'\nThe loop is open unless --concurrency says otherwise: a query is sent when it is due, whatever the server does,' +
				'\nand its latency runs from then. Without a mode: --rate 1000. Without a workload: 1,000 names, drawn evenly.' +
				'\nA round in which this program could not follow is void and says so.\n' +
				'\nExit code: 0; 1 when it failed, a target never answered or all its rounds are void; 2 for a wrong command line; 99 when a threshold is broken;' +
				'\n130 when it was ended by Ctrl-C, after the result so far.\n' +
				'\nExamples:\n' +
				'  petrel load 127.0.0.1:1053 --rate 20k --zipf 1.1 --names 100k --json result.json\n' +
				"  petrel load 127.0.0.1:1053 127.0.0.1:1153 --max 'p99<5ms loss<0.1%' --html compare.html\n" +
				'  petrel load 10.96.0.10 --queries names.txt --search-list --concurrency 100 --duration 30s\n',
		)
		.action(async (targets: string[], options) => {
			await runLoad(targets, options, { random: cryptoRandom(), argv: process.argv.slice(2) });
		});
}
