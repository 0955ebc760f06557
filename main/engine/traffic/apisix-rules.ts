import { failure, type Outcome, success } from '#lib/outcome.ts'
import { fieldAt, firstNamed, type NotNamed, withFieldAt } from './route-json.ts'

/** The rules of an ApisixRoute, `spec.http[]`, and where they send to, `backends[]`. Errors are worded like the reference's (APX-3). */

const mistyped = 'Failed type assertion for Apisix http route'

/** Changes the rules of these names, one after the other; the first error ends it. */
export function changeRules(
  spec: unknown,
  names: readonly string[],
  change: (rule: unknown) => Outcome<unknown, string>,
): Outcome<readonly unknown[], string> {
  const http = fieldAt(spec, 'http')
  if (!Array.isArray(http)) return failure('spec.http was not found in Apisix Route manifest')
  let rules: readonly unknown[] = http
  for (const name of names) {
    const found = firstNamed(rules, 'name', name)
    if (!found.ok) return failure(ruleText(found.error, name))
    const changed = change(rules[found.value])
    if (!changed.ok) return changed
    rules = rules.with(found.value, changed.value)
  }
  return success(rules)
}

function ruleText(lack: NotNamed, name: string): string {
  switch (lack) {
    case 'Absent':
      return `Apisix http route rule ${name} not found`
    case 'NoObject':
      return mistyped
    case 'NoName':
      return 'Apisix http route rule name field not found'
    case 'NameNotText':
      return `${mistyped} rule name`
  }
}

/** The rule with this weight on the first backend of a Service. */
export function withBackendWeight(rule: unknown, service: string, weight: number): Outcome<unknown, string> {
  const backends = backendsOf(rule)
  if (!backends.ok) return backends
  const found = firstNamed(backends.value, 'serviceName', service)
  if (!found.ok) return failure(backendText(found.error, service))
  const weighed = withFieldAt(backends.value[found.value], ['weight'], weight)
  return success(withFieldAt(rule, ['backends'], backends.value.with(found.value, weighed)))
}

/** The rule without the backends of a Service, of which there may be none. */
export function withoutBackend(rule: unknown, service: string): Outcome<unknown, string> {
  const backends = backendsOf(rule)
  if (!backends.ok) return backends
  const others = backends.value.filter((backend) => fieldAt(backend, 'serviceName') !== service)
  const odd = firstNamed(others, 'serviceName', service)
  if (!odd.ok && odd.error !== 'Absent') return failure(odd.error === 'NoObject' ? `${mistyped} backend` : unnamed)
  return success(withFieldAt(rule, ['backends'], others))
}

function backendsOf(rule: unknown): Outcome<readonly unknown[], string> {
  const backends = fieldAt(rule, 'backends')
  if (backends === undefined) return failure('Apisix http route backends not found')
  return Array.isArray(backends) ? success(backends) : failure(`${mistyped} backends`)
}

const unnamed = 'serviceName field was not found in backend'

function backendText(lack: NotNamed, service: string): string {
  switch (lack) {
    case 'Absent':
      return `apisix route ${service} backend was not found`
    case 'NoObject':
      return `${mistyped} backends`
    case 'NoName':
    case 'NameNotText':
      return unnamed
  }
}
