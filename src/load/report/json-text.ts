/** JSON that a person can look at too: a key of the document a line, and an element of its lists of objects a line. */

export type JsonObject = Readonly<Record<string, unknown>>;

/** @param document its values may hold what `exactInteger` made, and lists of objects that are made as they are read */
export function documentText(document: JsonObject, indent = ''): string {
	const lines = Object.entries(document).map(
		([key, value]) => `${indent}\t${JSON.stringify(key)}: ${valueText(value, `${indent}\t`)}`,
	);
	return `{\n${lines.join(',\n')}\n${indent}}${indent === '' ? '\n' : ''}`;
}

function valueText(value: unknown, indent: string): string {
	if (isList(value)) {
		const lines: string[] = [];
		for (const item of value) lines.push(`${indent}\t${JSON.stringify(item)}`);
		return lines.length === 0 ? '[]' : `[\n${lines.join(',\n')}\n${indent}]`;
	}
	if (isObject(value) && Object.values(value).some(isList)) return documentText(value, indent);
	return JSON.stringify(value) ?? 'null';
}

function isObject(value: unknown): value is JsonObject {
	return typeof value === 'object' && value !== null && !Array.isArray(value);
}

/** Of objects: other lists stay on their line. */
function isList(value: unknown): value is Iterable<JsonObject> {
	if (Array.isArray(value)) return value.every(isObject);
	return isObject(value) && Symbol.iterator in value;
}

/** What JSON.stringify writes as these digits, though a number of JavaScript could not hold them. */
export function exactInteger(value: bigint): unknown {
	return rawJson(value.toString());
}

/** In every Node.js that petrel runs on, and not yet in the types. */
const { rawJSON: rawJson } = JSON as unknown as { rawJSON(text: string): unknown };
