import { Command } from 'commander';
import type { PoliciesOptions } from './policies/command-options.ts';
import { runPolicies } from './policies/run.ts';
import { serverOptions } from './policies/server-options.ts';
import { generatorOptions, sourceOptions } from './policies/source-options.ts';
import { studyOptions } from './policies/study-options.ts';

export function policiesCommand(): Command {
	const command = new Command('policies')
		.description('Study which cache policy, at which size, would hit how often on a trace of DNS queries.')
		.argument(
			'[trace...]',
			'dnsperf, pcap, pcapng, Zeek dns.log, CoreDNS log, oracleGeneral, csv, .lis, LIRS, also packed by gzip or zstd; -: standard input',
		)
		.usage('[options] [trace...]')
		.addHelpText(
			'after',
			'\nEvery policy runs at every size over the same requests; petrel is the cache that serves, in the time of the trace.' +
				'\nSizes in octets are charged with all that an entry needs, and shares are of what the whole trace would take.' +
				'\ndocs/policies.md says what the columns mean.\n' +
				'\nExit code: 0; 1 when nothing could be run; 2 for a wrong command line or trace; 130 when it was ended by Ctrl-C,' +
				'\nafter the result so far.\n' +
				'\nExamples:\n' +
				'  petrel policies capture.pcap.gz --html policies.html\n' +
				'  petrel policies dns.log --policy petrel,lru,s3-fifo --size 64KiB,1MiB --details\n' +
				'  petrel policies --zipf 1 --names 100k --requests 1M --once-share 20% --csv -\n',
		)
		.action(async (traces: string[], options: PoliciesOptions) => {
			await runPolicies(traces, options);
		});
	for (const option of [...studyOptions(), ...sourceOptions(), ...generatorOptions(), ...serverOptions()]) {
		command.addOption(option);
	}
	return command;
}
