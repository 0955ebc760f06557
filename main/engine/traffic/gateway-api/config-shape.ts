import { isRecord } from '#engine/normalise/typed-value.ts'

/** A type of the plugin's configuration, by the names that its errors have for it. */
interface Shape {
  readonly json: 'string' | 'bool' | 'array' | 'object'
  /** As Go names it: `[]plugin.HTTPRoute`. */
  readonly type: string
  /** Of items, or of the values of a map. */
  readonly each?: Shape
  readonly struct?: { readonly name: string; readonly fields: Readonly<Record<string, Shape>> }
}

const text: Shape = { json: 'string', type: 'string' }
const flag: Shape = { json: 'bool', type: 'bool' }
const listOf = (each: Shape): Shape => ({ json: 'array', type: `[]${each.type}`, each })
const struct = (pkg: string, name: string, fields: Readonly<Record<string, Shape>>): Shape => ({
  json: 'object',
  type: `${pkg}.${name}`,
  struct: { name, fields },
})

const requirement = struct('v1', 'LabelSelectorRequirement', {
  key: text,
  operator: { json: 'string', type: 'v1.LabelSelectorOperator' },
  values: listOf(text),
})
const selector = struct('v1', 'LabelSelector', {
  matchLabels: { json: 'object', type: 'map[string]string', each: text },
  matchExpressions: listOf(requirement),
})

const fieldsOfKind = (stem: string) => ({
  [`${stem}Route`]: text,
  [`${stem}Routes`]: listOf(struct('plugin', `${stem.toUpperCase()}Route`, { name: text, useHeaderRoutes: flag })),
  [`${stem}RouteSelector`]: selector,
})

/** GW-1. What only old versions read is an unknown field (GW-20). */
export const gatewayApiShape = struct('plugin', 'GatewayAPITrafficRouting', {
  ...fieldsOfKind('http'),
  ...fieldsOfKind('grpc'),
  ...fieldsOfKind('tcp'),
  ...fieldsOfKind('tls'),
  namespace: text,
  disableInProgressLabel: flag,
  inProgressLabelKey: text,
  inProgressLabelValue: text,
})

/**
 * The first value of the wrong type, in the words of Go (GW-3): `json: cannot unmarshal number into Go struct field
 * HTTPRoute.httpRoutes.name of type string`. `null` fits everywhere, and so does what an unknown field holds.
 * @param at the innermost struct, and the fields that lead here; items and keys of maps are not told
 */
export function misfit(
  value: unknown,
  shape: Shape,
  at?: { readonly struct: string; readonly path: string },
): string | undefined {
  if (value === null || value === undefined) return undefined
  if (jsonTypeOf(value) !== shape.json) {
    const where = at === undefined ? 'Go value' : `Go struct field ${at.struct}.${at.path}`
    return `json: cannot unmarshal ${jsonTypeOf(value)} into ${where} of type ${shape.type}`
  }
  for (const [name, part] of Object.entries(isRecord(value) || Array.isArray(value) ? value : {})) {
    const { struct: of, each } = shape
    const fitting = of === undefined ? each : ownField(of.fields, name)
    const inner = of === undefined ? at : { struct: of.name, path: at === undefined ? name : `${at.path}.${name}` }
    const wrong = fitting && misfit(part, fitting, inner)
    if (wrong !== undefined) return wrong
  }
  return undefined
}

const ownField = (fields: Readonly<Record<string, Shape>>, name: string): Shape | undefined =>
  Object.hasOwn(fields, name) ? fields[name] : undefined

function jsonTypeOf(value: unknown): string {
  if (Array.isArray(value)) return 'array'
  return typeof value === 'boolean' ? 'bool' : typeof value
}
