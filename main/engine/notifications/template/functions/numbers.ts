import type { Value } from '#engine/expr/values.ts'
import { TemplateError } from '../syntax.ts'
import { numberIn, wholeIn } from './arguments.ts'
import type { TemplateFunction, TemplateFunctions } from './function.ts'

const many = Number.POSITIVE_INFINITY

/** Of whole numbers, one after the other. */
const folded = (run: (a: bigint, b: bigint) => bigint): TemplateFunction => ({
  least: 1,
  most: many,
  run: (args, running) => {
    running.work(args.length)
    return args.map(wholeIn).reduce((a, b) => BigInt.asIntN(64, run(a, b)))
  },
})

const byNonZero = (b: bigint, run: () => bigint): bigint => {
  if (b === 0n) throw new TemplateError('integer divide by zero')
  return run()
}

const pair = (run: (a: bigint, b: bigint) => bigint): TemplateFunction => ({
  least: 2,
  run: ([a, b]) => run(wholeIn(a), wholeIn(b)),
})

const converted = (run: (value: Value | undefined) => Value): TemplateFunction => ({
  least: 1,
  run: ([value]) => run(value),
})

/** Halves away from zero. */
function rounded(value: number, places: number): number {
  const factor = 10 ** places
  const scaled = Math.abs(value) * factor
  return (Math.sign(value) * Math.floor(scaled + 0.5)) / factor
}

export const numberFunctions: TemplateFunctions = {
  add: folded((a, b) => a + b),
  add1: converted((value) => BigInt.asIntN(64, wholeIn(value) + 1n)),
  sub: pair((a, b) => BigInt.asIntN(64, a - b)),
  mul: folded((a, b) => a * b),
  div: pair((a, b) => byNonZero(b, () => a / b)),
  mod: pair((a, b) => byNonZero(b, () => a % b)),
  max: folded((a, b) => (a > b ? a : b)),
  min: folded((a, b) => (a < b ? a : b)),
  floor: converted((value) => Math.floor(numberIn(value))),
  ceil: converted((value) => Math.ceil(numberIn(value))),
  round: {
    least: 2,
    most: 3,
    run: ([value, places]) => rounded(numberIn(value), Math.min(15, Number(wholeIn(places)))),
  },
  int: converted(wholeIn),
  int64: converted(wholeIn),
  float64: converted(numberIn),
  atoi: converted((value) => (typeof value === 'string' && /^[+-]?\d+$/.test(value) ? wholeIn(value) : 0n)),
}
