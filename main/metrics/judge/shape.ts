import * as v from 'valibot'
import { durationMs } from '../duration-ms.ts'

const words = (received: unknown): string => JSON.stringify(received) ?? 'nothing'

const oneOf = <const Options extends readonly [string, ...string[]]>(options: Options) => {
  const [last = '', ...others] = options.toReversed()
  const named = others.length === 0 ? last : `${others.toReversed().join(', ')} or ${last}`
  return v.picklist(options, ({ input }) => `expected ${named}, and not ${words(input)}`)
}

interface Range {
  readonly above?: number
  readonly from?: number
  readonly below?: number
  readonly to?: number
}

const inRange = (
  value: number,
  { above = -Infinity, from = -Infinity, below = Infinity, to = Infinity }: Range,
): boolean => Number.isFinite(value) && value > above && value >= from && value < below && value <= to

const number = (described: string, range: Range) =>
  v.custom<number>(
    (value) => typeof value === 'number' && inRange(value, range),
    ({ input }) => `expected ${described}, and not ${words(input)}`,
  )

const whole = (described: string, range: Range) =>
  v.custom<number>(
    (value) => typeof value === 'number' && Number.isInteger(value) && inRange(value, range),
    ({ input }) => `expected ${described}, and not ${words(input)}`,
  )

const text = v.pipe(
  v.string(({ input }) => `expected text, and not ${words(input)}`),
  v.nonEmpty('expected text, and not ""'),
)
const flag = v.boolean(({ input }) => `expected true or false, and not ${words(input)}`)
const times = number('a number above 0, such as 1.1', { above: 0 })

/** Seconds of a duration in Go's notation. */
const seconds = v.pipe(
  text,
  v.rawTransform(({ dataset, addIssue, NEVER }) => {
    const read = durationMs(dataset.value)
    if (read.ok && read.value > 0) return read.value / 1000
    addIssue({ message: `expected a duration such as 60s, and not ${words(dataset.value)}` })
    return NEVER
  }),
)

const outliers = v.strictObject(
  {
    strategy: v.optional(oneOf(['remove', 'keep'])),
    outlierFactor: v.optional(number('a number above 0', { above: 0 })),
  },
  unknownKey,
)

const effectSize = v.strictObject(
  {
    measure: v.optional(oneOf(['meanRatio', 'cles'])),
    allowedIncrease: v.optional(times),
    allowedDecrease: v.optional(times),
    criticalIncrease: v.optional(times),
    criticalDecrease: v.optional(times),
  },
  unknownKey,
)

/** What only one of the two modes knows. */
const onlyOf = {
  kayenta: ['nanStrategy', 'outliers', 'mustHaveData', 'effectSize', 'seed'],
  argosy: ['alpha', 'minIntervals', 'minRequests', 'ruleOut'],
} as const

/** How one metric is judged. */
export const judgeShape = v.pipe(
  v.strictObject(
    {
      mode: v.optional(oneOf(['argosy', 'kayenta']), 'argosy'),
      kind: v.optional(oneOf(['ratio', 'duration', 'gauge', 'count'])),
      direction: v.optional(oneOf(['increase', 'decrease', 'either'])),
      baselineQuery: text,
      requestsQuery: v.optional(text),
      baselineRequestsQuery: v.optional(text),
      step: v.optional(seconds),
      window: v.optional(seconds),
      plannedLooks: v.optional(whole('a whole number from 1 on', { from: 1 }), 1),
      maxExtend: v.optional(whole('a whole number from 0 on', { from: 0 }), 0),
      allowedIncrease: v.optional(times),
      allowedDecrease: v.optional(times),
      alpha: v.optional(number('a number above 0 and below 0.5', { above: 0, below: 0.5 })),
      minIntervals: v.optional(whole('a whole number from 2 on', { from: 2 })),
      minRequests: v.optional(whole('a whole number from 0 on', { from: 0 })),
      ruleOut: v.optional(number('a number above 1', { above: 1 })),
      group: v.optional(text),
      groups: v.optional(
        v.pipe(
          v.array(text, ({ input }) => `expected a list of names, and not ${words(input)}`),
          v.nonEmpty('expected one name at least'),
        ),
      ),
      critical: v.optional(flag, false),
      muted: v.optional(flag, false),
      nanStrategy: v.optional(oneOf(['remove', 'replace'])),
      outliers: v.optional(outliers),
      mustHaveData: v.optional(flag),
      effectSize: v.optional(effectSize),
      seed: v.optional(whole('a whole number from 0 on', { from: 0 })),
    },
    unknownKey,
  ),
  v.rawCheck(({ dataset, addIssue }) => {
    const problem = dataset.typed ? contradiction(dataset.value) : undefined
    if (problem !== undefined) addIssue({ message: problem })
  }),
)
export type Shape = v.InferOutput<typeof judgeShape>

const points = number('a number from 0 to 100', { from: 0, to: 100 })
const unweighted: Readonly<Record<string, number>> = {}

/** How metrics make one score; pass and marginal as Kayenta's examples have them. */
export const scoreShape = v.pipe(
  v.strictObject(
    {
      groupWeights: v.optional(v.record(text, number('a number from 0 on', { from: 0 })), unweighted),
      pass: v.optional(points, 95),
      marginal: v.optional(points, 75),
    },
    unknownKey,
  ),
  v.check(({ pass, marginal }) => marginal <= pass, 'marginal is above pass'),
  v.check(
    ({ groupWeights }) => Object.values(groupWeights).reduce((sum, each) => sum + each, 0) <= 100,
    'the weights of all groups are more than 100',
  ),
)
export type ScoreShape = v.InferOutput<typeof scoreShape>

function unknownKey({ expected, received, path }: v.StrictObjectIssue): string {
  if (expected === 'Object') return `expected fields, and not ${received}`
  if (expected !== 'never') return 'is needed'
  const key = path?.at(-1)?.key
  return `there is no field ${typeof key === 'string' ? key : received}`
}

function contradiction(shape: Record<string, unknown> & { readonly mode: 'argosy' | 'kayenta' }): string | undefined {
  const { mode, kind, requestsQuery, baselineRequestsQuery, group, groups } = shape
  const other = mode === 'argosy' ? 'kayenta' : 'argosy'
  const foreign = onlyOf[other].find((key) => shape[key] !== undefined)
  if (foreign !== undefined) return `${foreign} is for mode ${other} only`
  if ((requestsQuery === undefined) !== (baselineRequestsQuery === undefined))
    return 'requestsQuery and baselineRequestsQuery belong together'
  if (mode === 'argosy' && kind === 'ratio' && requestsQuery === undefined)
    return 'a ratio needs requestsQuery and baselineRequestsQuery: what its values are events of'
  if (group !== undefined && groups !== undefined) return 'has group and groups, of which there can be one'
  return undefined
}
