import type { ServerOptions } from './server-options.ts';
import type { GeneratorOptions, SourceOptions } from './source-options.ts';
import type { StudyOptions } from './study-options.ts';

/** All flags of `petrel policies`. */
export interface PoliciesOptions extends SourceOptions, GeneratorOptions, ServerOptions, StudyOptions {}
