import type { Builtin, Builtins } from './builtin.ts'
import { listBuiltins } from './lists.ts'
import { numberBuiltins } from './numbers.ts'
import { textBuiltins } from './texts.ts'
import { timeBuiltins } from './times.ts'

const all: Builtins = { ...numberBuiltins, ...listBuiltins, ...textBuiltins, ...timeBuiltins }

/** The functions that every expression knows, those over predicates excepted (ANA-1307). */
export const builtinNamed = (name: string): Builtin | undefined => (Object.hasOwn(all, name) ? all[name] : undefined)
