import type { Piscina } from 'piscina';

/** What is given away with a task. piscina infers it from an overload that @types/node has since put in another order. */
export type TransferList = NonNullable<NonNullable<Parameters<Piscina['run']>[1]>['transferList']>;
