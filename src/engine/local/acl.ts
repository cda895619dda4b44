import ipaddr from 'ipaddr.js';
import type { AclNet, AclPolicy, AclRule } from '../../config/model.ts';
import { type ZoneTable, zoneSet } from '../../forward/zone-table.ts';
import { cell, plugin } from '../../metrics/hot/series-layout.ts';
import { ede, rcode } from '../../wire/iana.ts';
import type { QuerySource } from '../io.ts';
import type { QueryInHand } from '../query-in-hand.ts';
import { ClientAddresses } from './client-address.ts';
import type { RecordList } from './record-list.ts';
import { outcome, type Step, type StepParts } from './step.ts';

interface Net {
	readonly octets: Uint8Array;
	readonly bits: number;
}

interface Policy {
	readonly action: AclPolicy['action'];
	/** undefined: every type. */
	readonly types: ReadonlySet<number> | undefined;
	/** undefined: every client. */
	readonly nets: readonly Net[] | undefined;
}

interface Rule {
	readonly zones: ZoneTable<true>;
	readonly policies: readonly Policy[];
}

/** `acl`: the rules of a block in file order. A rule none of whose policies matches leaves the query to the next. */
export class Acl implements Step {
	readonly by: number = plugin.acl;
	readonly #rules: readonly Rule[];
	readonly #records: RecordList;
	readonly #clients = new ClientAddresses();

	constructor(rules: readonly AclRule[], records: RecordList) {
		this.#records = records;
		this.#rules = rules.map(({ zones, policies }) => ({
			zones: zoneSet(zones),
			policies: policies.map(({ action, types, nets }) => ({
				action,
				types: types.length > 0 ? new Set(types) : undefined,
				nets: nets.length > 0 ? nets.map(compileNet) : undefined,
			})),
		}));
	}

	look(hand: QueryInHand, source: QuerySource, { io, series }: StepParts): number {
		const { row } = hand.asker;
		const client = this.#clients.octetsOf(io.clientAddress(source).address);
		switch (this.#actionFor(hand, client)) {
			case 'drop':
				series.add(row, cell.aclDropped);
				return outcome.dropped;
			case 'block':
				series.add(row, cell.aclBlocked);
				this.#records.begin(hand.answer, rcode.REFUSED, 0);
				hand.answer.edeCode = ede.blocked;
				return outcome.answered;
			case 'filter':
				series.add(row, cell.aclFiltered);
				this.#records.begin(hand.answer, rcode.NOERROR, 0);
				hand.answer.edeCode = ede.filtered;
				return outcome.answered;
			default:
				series.add(row, cell.aclAllowed);
				return outcome.passed;
		}
	}

	#actionFor(hand: QueryInHand, client: Uint8Array | undefined): AclPolicy['action'] {
		const { qname, qnameBytes, qtype } = hand.view;
		for (const { zones, policies } of this.#rules) {
			if (zones.find(qname, qnameBytes) === undefined) continue;
			// Nobody knows where it comes from: as CoreDNS, the safe side.
			if (client === undefined) return 'block';
			for (const { action, types, nets } of policies) {
				if (types !== undefined && !types.has(qtype)) continue;
				if (nets === undefined || isInAny(client, nets)) return action;
			}
		}
		return 'allow';
	}
}

function compileNet({ address, bits }: AclNet): Net {
	const octets = Uint8Array.from(ipaddr.parse(address).toByteArray());
	const mapped = octets.length === 16 && bits >= 96 && isMapped(octets);
	return mapped ? { octets: octets.subarray(12), bits: bits - 96 } : { octets, bits };
}

/** ::ffff:0:0/96, IPv4 in the form of IPv6 (RFC 4291 §2.5.5.2). */
function isMapped(octets: Uint8Array): boolean {
	return octets.subarray(0, 10).every((octet) => octet === 0) && octets[10] === 0xff && octets[11] === 0xff;
}

function isInAny(client: Uint8Array, nets: readonly Net[]): boolean {
	for (let i = 0; i < nets.length; i++) if (isIn(client, nets[i])) return true;
	return false;
}

function isIn(client: Uint8Array, { octets, bits }: Net): boolean {
	if (client.length !== octets.length) return false;
	const whole = bits >>> 3;
	for (let i = 0; i < whole; i++) if (client[i] !== octets[i]) return false;
	const left = bits & 7;
	return left === 0 || (client[whole] ^ octets[whole]) >>> (8 - left) === 0;
}
