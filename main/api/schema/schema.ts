/** A structural schema as `openAPIV3Schema` of a CustomResourceDefinition spells it, as far as it is written or read here. */
export interface Schema {
  readonly type?: string
  readonly description?: string
  readonly format?: string
  readonly properties?: Readonly<Record<string, Schema>>
  readonly additionalProperties?: Schema | boolean
  readonly items?: Schema
  readonly required?: readonly string[]
  readonly enum?: readonly unknown[]
  readonly minimum?: number
  readonly maximum?: number
  readonly minItems?: number
  readonly maxItems?: number
  readonly minLength?: number
  readonly maxLength?: number
  readonly pattern?: string
  readonly nullable?: boolean
  readonly default?: unknown
  readonly anyOf?: readonly Schema[]
  readonly 'x-kubernetes-preserve-unknown-fields'?: boolean
  readonly 'x-kubernetes-int-or-string'?: boolean
  readonly 'x-kubernetes-embedded-resource'?: boolean
  readonly 'x-kubernetes-list-type'?: 'atomic' | 'set' | 'map'
  readonly 'x-kubernetes-list-map-keys'?: readonly string[]
  readonly 'x-kubernetes-map-type'?: 'atomic' | 'granular'
  readonly 'x-kubernetes-validations'?: readonly { readonly rule: string; readonly message: string }[]
}

/* One builder per shape of a field. The first argument is what `kubectl explain` tells of it; `rest` is added as it is. */

const described = (description: string) => (description === '' ? {} : { description })

export const text = (description = '', rest: Schema = {}): Schema => ({
  type: 'string',
  ...described(description),
  ...rest,
})
export const flag = (description = ''): Schema => ({ type: 'boolean', ...described(description) })
export const int32 = (description = ''): Schema => ({ type: 'integer', format: 'int32', ...described(description) })
export const int64 = (description = ''): Schema => ({ type: 'integer', format: 'int64', ...described(description) })
/** An RFC 3339 time. */
export const time = (description = ''): Schema => text(description, { format: 'date-time' })

/** A number or a text: a count or a percentage, seconds or a duration. */
export const intOrString = (description = ''): Schema => ({
  anyOf: [{ type: 'integer' }, { type: 'string' }],
  ...described(description),
  'x-kubernetes-int-or-string': true,
})

/** An object with these fields and no others; `required` names those that must be there. */
export function object<Fields extends Readonly<Record<string, Schema>>>(
  description: string,
  properties: Fields,
  required: readonly (keyof Fields & string)[] = [],
): Schema {
  return {
    type: 'object',
    ...described(description),
    ...(Object.keys(properties).length > 0 && { properties }),
    ...(required.length > 0 && { required }),
  }
}

export const list = (description: string, items: Schema, rest: Schema = {}): Schema => ({
  type: 'array',
  ...described(description),
  items,
  ...rest,
})

/** Any keys, with values of one shape. */
export const map = (description = '', values: Schema = text()): Schema => ({
  type: 'object',
  ...described(description),
  additionalProperties: values,
})

/** An object whose inside belongs to somebody else and is kept as it is. */
export const opaque = (description = ''): Schema => ({
  type: 'object',
  ...described(description),
  'x-kubernetes-preserve-unknown-fields': true,
})
