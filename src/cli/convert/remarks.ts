/** Where something stands in the file that is converted. */
export interface Origin {
	readonly file: string;
	readonly line: number;
}

/**
 * - `lost`: the Corefile does not do it
 * - `changed`: it does nearly the same
 * - `note`: nothing is missing
 */
export type RemarkKind = 'lost' | 'changed' | 'note';

export interface Remark {
	readonly kind: RemarkKind;
	readonly at: Origin;
	readonly text: string;
}

/** What a person should know about a conversion. */
export class Remarks {
	private readonly list: Remark[] = [];

	/** Files as they were first mentioned, then lines. */
	inOrder(): Remark[] {
		const files = this.list.map(({ at }) => at.file);
		return [...this.list].sort(
			(a, b) => files.indexOf(a.at.file) - files.indexOf(b.at.file) || a.at.line - b.at.line,
		);
	}

	lost(at: Origin, text: string): void {
		this.list.push({ kind: 'lost', at, text });
	}

	changed(at: Origin, text: string): void {
		this.list.push({ kind: 'changed', at, text });
	}

	note(at: Origin, text: string): void {
		this.list.push({ kind: 'note', at, text });
	}
}

export interface Converted {
	readonly corefile: string;
	readonly remarks: readonly Remark[];
}
