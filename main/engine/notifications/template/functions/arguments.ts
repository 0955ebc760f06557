import { elementsOf, formatValue, isList, isMap, isNumber, typeNameOf, type Value } from '#engine/expr/values.ts'
import { TemplateError } from '../syntax.ts'
import type { TemplateFunction } from './function.ts'

export function textIn(value: Value | undefined): string {
  if (typeof value === 'string') return value
  throw new TemplateError(`wrong type for value; expected string; got ${typeNameOf(value ?? null)}`)
}

/** As the functions of sprig take numbers: texts too; what is none is 0. */
export function numberIn(value: Value | undefined): number {
  if (isNumber(value ?? null)) return Number(value)
  if (typeof value === 'boolean') return value ? 1 : 0
  const number = typeof value === 'string' && value.trim() !== '' ? Number(value) : 0
  return Number.isNaN(number) ? 0 : number
}

/** A whole number, the fraction cut off. */
export function wholeIn(value: Value | undefined): bigint {
  if (typeof value === 'bigint') return value
  if (typeof value === 'string' && /^[+-]?\d+$/.test(value)) return BigInt.asIntN(64, BigInt(value))
  const number = Math.trunc(numberIn(value))
  return Number.isFinite(number) ? BigInt.asIntN(64, BigInt(number)) : 0n
}

export function listIn(value: Value | undefined): readonly Value[] {
  if (value !== undefined && isList(value)) return elementsOf(value)
  if (value === null) return []
  throw new TemplateError(`wrong type for value; expected list; got ${typeNameOf(value ?? null)}`)
}

export function mapIn(value: Value | undefined): ReadonlyMap<string, Value> {
  if (value !== undefined && isMap(value)) return value
  if (value === null) return new Map()
  throw new TemplateError(`wrong type for value; expected map; got ${typeNameOf(value ?? null)}`)
}

export const shown = (value: Value | undefined): string => formatValue(value ?? null)

/** The texts of a list, without what is nothing; of anything else one. */
export function textsOf(value: Value | undefined): readonly string[] {
  if (value === undefined || value === null) return []
  return isList(value)
    ? elementsOf(value)
        .filter((each) => each !== null)
        .map((each) => shown(each))
    : [shown(value)]
}

/** Of texts alone; each takes as long as its arguments are. */
export const ofTexts = (count: number, run: (...texts: readonly string[]) => Value): TemplateFunction => ({
  least: count,
  run: (args, running) => {
    const texts = args.map(textIn)
    running.text(texts.reduce((sum, each) => sum + each.length, 0))
    return run(...texts)
  },
})
