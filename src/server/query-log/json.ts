import { pluginLabels } from '../../metrics/hot/series-layout.ts';
import { hostPort } from '../../net/bind-error.ts';
import { corednsClass, corednsRcode, corednsType } from '../../wire/coredns-text.ts';
import { loadPino } from '../load-pino.ts';
import { flagsText } from './format.ts';
import type { LogRecord } from './record.ts';

export interface JsonSubject {
	readonly record: LogRecord;
	/** Where petrel listens, `address:port`. */
	readonly server: string;
	/** The zone of the Corefile that the query belongs to. */
	readonly zone: string;
	/** When the reply left, in milliseconds since 1970. */
	readonly timeMs: number;
}

/** A function that makes a line of JSON, with its end of line, of a logged query. */
export function jsonLines(): (subject: JsonSubject) => string {
	let line = '';
	const logger = loadPino()(
		{ base: null, timestamp: false, formatters: { level: (level) => ({ level }) } },
		{
			write: (written: string) => {
				line = written;
			},
		},
	);
	return ({ record, server, zone, timeMs }) => {
		logger.info(
			{
				time: Math.round(timeMs),
				server,
				zone,
				client: hostPort(record.client, record.port),
				qname: record.qname,
				qtype: corednsType(record.qtype),
				qclass: corednsClass(record.qclass),
				rcode: record.replied ? corednsRcode(record.rcode) : '',
				duration_us: Math.round((record.endMs - record.startMs) * 1000),
				plugin: pluginLabels[record.plugin],
				size: record.queryBytes,
				rsize: record.answerBytes,
				proto: record.overTcp ? 'tcp' : 'udp',
				id: record.id,
				flags: record.replied ? flagsText(record.replyFlags) : '',
			},
			'query',
		);
		return line;
	};
}
