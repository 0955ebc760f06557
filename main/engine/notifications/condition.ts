import { Budget } from '#engine/expr/budget.ts'
import type { Builtins } from '#engine/expr/builtins/builtin.ts'
import { builtinNamed } from '#engine/expr/builtins/index.ts'
import { check, type Functions } from '#engine/expr/check.ts'
import { ExprError } from '#engine/expr/expr-error.ts'
import { parse } from '#engine/expr/parse.ts'
import { run } from '#engine/expr/run.ts'
import { timeType, unknownType } from '#engine/expr/static-types.ts'
import { childrenOf, type Node } from '#engine/expr/syntax.ts'
import { timeAtNs, typeNameOf, type Value } from '#engine/expr/values.ts'
import type { EpochMs } from '#lib/clock.ts'
import { failure, type Outcome, success } from '#lib/outcome.ts'
import { parseTime } from '#lib/rfc3339.ts'

export type Variables = Readonly<Record<string, Value>>

/** `when` or `oncePer` of a trigger, read. */
export type Expression = (variables: Variables, now: EpochMs) => Outcome<Value, string>

/** Reads an expression of a trigger (OPS-148); names that are not there are nil, as without an environment in the reference. */
export function triggerExpression(text: string): Outcome<Expression, string> {
  return attempt(() => {
    const node = parse(text)
    const names = Object.fromEntries([...freeNames(node)].map((name) => [name, unknownType]))
    check(node, names, functions, new Budget())
    return (variables, now) => attempt(() => run(node, { names: variables, functions, now, budget: new Budget() }))
  })
}

function attempt<T>(work: () => T): Outcome<T, string> {
  try {
    return success(work())
  } catch (error) {
    if (error instanceof ExprError) return failure(error.message)
    throw error
  }
}

/** Names that no `let` brings. */
function freeNames(node: Node): ReadonlySet<string> {
  const [used, brought] = [new Set<string>(), new Set<string>()]
  const nodes = [node]
  for (let each = nodes.pop(); each !== undefined; each = nodes.pop()) {
    if (each.kind === 'name') used.add(each.name)
    if (each.kind === 'let') brought.add(each.name)
    nodes.push(...childrenOf(each))
  }
  return new Set([...used].filter((name) => !brought.has(name)))
}

const nsPerMs = 1_000_000n

/** OPS-157: `time.Now()` and `time.Parse(text)`. */
const timeFunctions: Builtins = {
  'time.Now': { takes: [], returns: timeType, run: (_args, { now }) => timeAtNs(BigInt(now) * nsPerMs) },
  'time.Parse': {
    takes: ['string'],
    returns: timeType,
    run: ([text = null]) => {
      const at = typeof text === 'string' ? parseTime(text) : undefined
      if (at === undefined) throw new ExprError(`cannot read ${typeNameOf(text)} as a time`)
      return timeAtNs(BigInt(at) * nsPerMs)
    },
  },
}

const functions: Functions = (name) => (Object.hasOwn(timeFunctions, name) ? timeFunctions[name] : builtinNamed(name))
