import type { Builtin } from './builtins/builtin.ts'
import { ExprError } from './expr-error.ts'
import { boolType, typeName } from './static-types.ts'
import type { Node } from './syntax.ts'
import { dynamicName, type Value } from './values.ts'

/** `isNaN` and `isInf`, which every expression of an analysis knows (ANA-1302, ANA-1303). */
export const floatTests = {
  isNaN: ofFloat('isNaN', Number.isNaN),
  isInf: ofFloat('isInf', (value) => value === Number.POSITIVE_INFINITY || value === Number.NEGATIVE_INFINITY),
}

/** A whole number is a float only where it is written as one: the reference converts literals, and no other. */
function ofFloat(name: string, test: (value: number) => boolean): Builtin {
  return {
    takes: ['float|int'],
    refuses: (type) =>
      `cannot use ${type.kind === 'nil' ? 'nil' : typeName(type)} as argument (type float64) to call ${name} `,
    returns: boolType,
    run: ([value = null]: readonly Value[], _running, [node]) => {
      if (typeof value === 'bigint' && isLiteral(node)) return test(Number(value))
      if (typeof value !== 'number')
        throw new ExprError(`interface conversion: interface {} is ${dynamicName(value)}, not float64`)
      return test(value)
    },
  }
}

const isLiteral = (node: Node | undefined): boolean => {
  if (node?.kind === 'binary')
    return ['+', '-', '*'].includes(node.operator) && isLiteral(node.left) && isLiteral(node.right)
  return node?.kind === 'number' || (node?.kind === 'unary' && isLiteral(node.of))
}
