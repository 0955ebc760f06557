import type { EpochMs } from '#lib/clock.ts'
import type { Log, LogLevel } from '#lib/log.ts'
import { redactText } from '#lib/redact-text.ts'
import { looksSecret } from '#lib/secret-names.ts'

const order: readonly LogLevel[] = ['debug', 'info', 'warn', 'error']
const nestingMax = 14

/**
 * A log of JSON lines (OPS-8): `time`, `level`, `msg`, then the fields. Values under names that hold credentials, bearer
 * tokens inside texts and the contents of Secrets are replaced, so that a log can be handed to anybody.
 */
export function createLog(options: {
  readonly write: (line: string) => void
  readonly level: LogLevel
  readonly now: () => EpochMs
}): Log {
  const threshold = order.indexOf(options.level)
  return (level, message, fields = {}) => {
    if (order.indexOf(level) < threshold) return
    const line = {
      time: new Date(options.now()).toISOString(),
      level,
      msg: redactText(message),
      ...redactFields(fields),
    }
    options.write(`${JSON.stringify(line)}\n`)
  }
}

const redactFields = (fields: Readonly<Record<string, unknown>>) =>
  Object.fromEntries(Object.entries(fields).map(([name, value]) => [name, redactNamed(name, value, 0)]))

const hidden = '[redacted]'

/** A field called `key` is an object's address here, and a number or a truth value holds no secret. */
function redactNamed(name: string, value: unknown, depth: number): unknown {
  const isSecret = name !== 'key' && looksSecret(name) && typeof value !== 'boolean' && typeof value !== 'number'
  return isSecret ? hidden : redact(value, depth)
}

/** A copy of `value` that is safe to write down. Depth is bounded, so that a cycle cannot hang the log. */
export function redact(value: unknown, depth = 0): unknown {
  if (typeof value === 'string') return redactText(value)
  if (value instanceof Error)
    return { name: value.name, message: redactText(value.message), stack: redactText(value.stack ?? '') }
  if (typeof value !== 'object' || value === null) return value
  if (depth >= nestingMax) return '[…]'
  if (Array.isArray(value)) return value.map((each) => redact(each, depth + 1))
  const holds = secretFieldsOf(value)
  return Object.fromEntries(
    Object.entries(value).map(([name, inner]) => [
      name,
      holds.includes(name) ? hidden : redactNamed(name, inner, depth + 1),
    ]),
  )
}

/** Fields of an object that may hold a secret for what the object is: a Secret, or a container's environment variable. */
function secretFieldsOf(value: object): readonly string[] {
  if ('kind' in value && value.kind === 'Secret') return ['data', 'stringData']
  const isVariable = 'name' in value && 'value' in value && Object.keys(value).length === 2
  return isVariable ? ['value'] : ['kubectl.kubernetes.io/last-applied-configuration']
}
