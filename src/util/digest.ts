/**
 * The digest of texts, in hexadecimal: what names a configuration. node:crypto is loaded when somebody asks, since it
 * takes more than a MiB.
 */
export function digestOf(algorithm: 'sha256' | 'sha512', texts: readonly string[]): string {
	const hash = process.getBuiltinModule('node:crypto').createHash(algorithm);
	for (const text of texts) hash.update(text);
	return hash.digest('hex');
}
