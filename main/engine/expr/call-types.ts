import type { Builtin } from './builtins/builtin.ts'
import { ExprError } from './expr-error.ts'
import { type Type, typeName } from './static-types.ts'

/** The type of what a function gives for arguments of these types. @throws ExprError when it does not take them (ANA-1314) */
export function callType(name: string, builtin: Builtin, types: readonly Type[]): Type {
  const { takes, optional = 0, variadic = false, returns } = builtin
  const isFull = takes.length > 0 && variadic
  if (types.length < takes.length - optional) throw new ExprError(`not enough arguments to call ${name}`)
  if (types.length > takes.length && !isFull) throw new ExprError(`too many arguments to call ${name}`)
  for (const [at, type] of types.entries()) {
    const kinds = takes[Math.min(at, takes.length - 1)] ?? 'any'
    if (!accepts(kinds, type))
      throw new ExprError(builtin.refuses?.(type) ?? `invalid argument for ${name} (type ${typeName(type)})`)
  }
  return typeof returns === 'function' ? returns(types) : returns
}

const accepts = (kinds: string, { kind }: Type): boolean =>
  kinds === 'any' || kind === 'unknown' || kinds.split('|').includes(kind)
