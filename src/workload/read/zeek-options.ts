export interface ZeekOptions {
	/** Rows of other servers' ports (NetBIOS, mDNS) are passed over. 0: no row is. */
	readonly port: number;
	/**
	 * Rows of replies whose query was not recorded are delivered too, with type 0, and the root where there is no name: for
	 * counts that are to agree with others' counts of rows.
	 */
	readonly keepIncomplete: boolean;
}

/** Why a row is no query. */
export const zeekReasons = { otherPort: 'another port', noQuestion: 'no question in the row' } as const;
