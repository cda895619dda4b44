import { registerHooks } from 'node:module';

const secondLook = '=== seq';
/** How often seqlock.ts has it: once for strongly ordered processors, once for others. */
const placesExpected = 2;

/** The text of seqlock.ts with a reader that believes every copy; the fault that the tests must be able to see. */
export function withoutSecondLook(source: string): string {
	const places = source.split(secondLook).length - 1;
	if (places !== placesExpected)
		throw new Error(`seqlock.ts looks a second time in ${places} places, not in ${placesExpected}`);
	return source.replaceAll(secondLook, `${secondLook} || true`);
}

/** From now on this thread loads seqlock.ts without the reader's second look. */
export function removeSecondLook(): void {
	registerHooks({
		load(url, context, nextLoad) {
			const result = nextLoad(url, context);
			if (!new URL(url).pathname.endsWith('/src/cache/seqlock.ts')) return result;
			return { ...result, source: withoutSecondLook(Buffer.from(result.source as Uint8Array).toString()) };
		},
	});
}
