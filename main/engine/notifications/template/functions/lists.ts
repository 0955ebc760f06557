import { jsonText } from '#engine/expr/json-text.ts'
import { isEqual, isList, isMap, orderTexts, typeNameOf, type Value } from '#engine/expr/values.ts'
import { fromKube } from '../../values.ts'
import { TemplateError } from '../syntax.ts'
import { listIn, mapIn, shown, textIn, textsOf, wholeIn } from './arguments.ts'
import { isTrue } from './basic.ts'
import type { Running, TemplateFunction, TemplateFunctions } from './function.ts'

const many = Number.POSITIVE_INFINITY
/** Lists in lists, of JSON that is read. */
const jsonMax = 100_000

/** Of a list, whose length is what it takes. */
const ofList = (run: (list: readonly Value[]) => Value): TemplateFunction => ({
  least: 1,
  run: ([value], running) => {
    const list = listIn(value)
    running.work(list.length)
    return run(list)
  },
})

const isIn = (list: readonly Value[], value: Value, running: Running): boolean => {
  running.work(list.length)
  return list.some((each) => isEqual(each, value))
}

function unique(list: readonly Value[], running: Running): Value {
  running.work((list.length * list.length) / 2)
  return list.filter((each, at) => list.findIndex((other) => isEqual(each, other)) === at)
}

/** A key without a value has an empty text. */
const valueAt = (args: readonly Value[], at: number): Value => (at < args.length ? (args[at] ?? null) : '')

const pairs = (args: readonly Value[]): Value =>
  new Map(
    Array.from(
      { length: Math.ceil(args.length / 2) },
      (_, at) => [shown(args[2 * at]), valueAt(args, 2 * at + 1)] as const,
    ),
  )

const keysIn = (values: readonly Value[]): ReadonlySet<string> => new Set(values.map(textIn))

/** The value at the end of a path of keys, or what is said for when it is not there. */
function dug(args: readonly Value[]): Value {
  const keys = args.slice(0, -2).map(textIn)
  let value: Value | undefined = args.at(-1) ?? null
  for (const key of keys) {
    if (value === undefined || value === null || !isMap(value)) return args.at(-2) ?? null
    value = value.get(key)
  }
  return value ?? args.at(-2) ?? null
}

function fromJson(text: string, running: Running): Value {
  running.text(text.length)
  if (text.length > jsonMax) throw new TemplateError('JSON is too long')
  try {
    return fromKube(JSON.parse(text))
  } catch {
    // As sprig has it; `mustFromJson` would fail.
    return null
  }
}

function json(value: Value, running: Running, indent?: number): string {
  walk(value, running)
  const text = jsonText(value, indent)
  running.text(text.length)
  return text
}

/** Without the escapes that are for HTML alone. */
const unescaped = (text: string): string =>
  text.replaceAll(
    /(?<!\\)((?:\\\\)*)\\u00(3c|3e|26)/g,
    (_all, before: string, code: string) => before + String.fromCharCode(Number.parseInt(code, 16)),
  )

/** As many steps as it has parts. */
function walk(value: Value, running: Running): void {
  running.work(1)
  if (isList(value)) for (const each of value) walk(each as Value, running)
  else if (isMap(value)) for (const each of value.values()) walk(each, running)
}

function counted(from: bigint, to: bigint, step: bigint, running: Running): Value {
  if (step === 0n) return []
  const length = Number((to - from) / step) + ((to - from) % step === 0n ? 0 : 1)
  if (length <= 0) return []
  running.work(length)
  return Array.from({ length }, (_, at) => from + BigInt(at) * step)
}

const kindOf = (value: Value): string => {
  const name = typeNameOf(value)
  if (name === '<nil>') return 'invalid'
  return name.startsWith('[]') ? 'slice' : name.startsWith('map[') ? 'map' : name
}

/** The functions of sprig that work on lists and maps, choose between values, and turn them into other forms. */
export const listFunctions: TemplateFunctions = {
  list: { least: 0, most: many, run: (args) => args },
  tuple: { least: 0, most: many, run: (args) => args },
  first: ofList((list) => list[0] ?? null),
  last: ofList((list) => list.at(-1) ?? null),
  rest: ofList((list) => list.slice(1)),
  initial: ofList((list) => list.slice(0, -1)),
  reverse: ofList((list) => list.toReversed()),
  compact: ofList((list) => list.filter(isTrue)),
  sortAlpha: {
    least: 1,
    run: ([value = null], running) => {
      const texts = isList(value) ? textsOf(value) : [shown(value)]
      running.work(texts.length)
      return texts.toSorted(orderTexts)
    },
  },
  uniq: { least: 1, run: ([list], running) => unique(listIn(list), running) },
  append: { least: 2, run: ([list, value = null]) => [...listIn(list), value] },
  prepend: { least: 2, run: ([list, value = null]) => [value, ...listIn(list)] },
  concat: { least: 1, most: many, run: (lists) => lists.flatMap(listIn) },
  has: { least: 2, run: ([value = null, list], running) => isIn(listIn(list), value, running) },
  without: {
    least: 1,
    most: many,
    run: ([list, ...values], running) => listIn(list).filter((each) => !isIn(values, each, running)),
  },
  until: { least: 1, run: ([count], running) => counted(0n, wholeIn(count), wholeIn(count) < 0n ? -1n : 1n, running) },
  untilStep: {
    least: 3,
    run: ([from, to, step], running) => counted(wholeIn(from), wholeIn(to), wholeIn(step), running),
  },
  dict: { least: 0, most: many, run: pairs },
  get: { least: 2, run: ([map, key]) => mapIn(map).get(textIn(key)) ?? '' },
  hasKey: { least: 2, run: ([map, key]) => mapIn(map).has(textIn(key)) },
  keys: { least: 1, most: many, run: (maps) => maps.flatMap((each) => [...mapIn(each).keys()]).toSorted(orderTexts) },
  values: { least: 1, run: ([map]) => [...mapIn(map).values()] },
  pick: {
    least: 1,
    most: many,
    run: ([map, ...keys]) => new Map([...mapIn(map)].filter(([key]) => keysIn(keys).has(key))),
  },
  omit: {
    least: 1,
    most: many,
    run: ([map, ...keys]) => new Map([...mapIn(map)].filter(([key]) => !keysIn(keys).has(key))),
  },
  dig: { least: 3, most: many, run: dug },
  default: { least: 1, most: many, run: ([otherwise = null, value = null]) => (isTrue(value) ? value : otherwise) },
  empty: { least: 1, run: ([value = null]) => !isTrue(value) },
  coalesce: { least: 0, most: many, run: (args) => args.find(isTrue) ?? null },
  all: { least: 0, most: many, run: (args) => args.every(isTrue) },
  any: { least: 0, most: many, run: (args) => args.some(isTrue) },
  ternary: { least: 3, run: ([yes = null, no = null, test]) => (test === true ? yes : no) },
  fail: {
    least: 1,
    run: ([message]) => {
      throw new TemplateError(textIn(message))
    },
  },
  toJson: { least: 1, run: ([value = null], running) => json(value, running) },
  toRawJson: { least: 1, run: ([value = null], running) => unescaped(json(value, running)) },
  toPrettyJson: { least: 1, run: ([value = null], running) => json(value, running, 2) },
  fromJson: { least: 1, run: ([text], running) => fromJson(textIn(text), running) },
  kindOf: { least: 1, run: ([value = null]) => kindOf(value) },
  kindIs: { least: 2, run: ([kind, value = null]) => kindOf(value) === textIn(kind) },
  typeOf: { least: 1, run: ([value = null]) => typeNameOf(value) },
}
