export type JsonObject = Readonly<Record<string, unknown>>;

/** What a line of JSON holds; undefined: no object. */
export function parseObject(line: string): JsonObject | undefined {
	try {
		const value: unknown = JSON.parse(line);
		return typeof value === 'object' && value !== null && !Array.isArray(value)
			? (value as JsonObject)
			: undefined;
	} catch {
		return undefined;
	}
}
