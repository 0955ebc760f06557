import type { KubeObject, Status } from '#api/meta.ts'
import { type Outcome, success } from '#lib/outcome.ts'
import { fieldsOf } from '../registry/fields.ts'
import { schemaOf } from '../registry/kind-schemas.ts'
import type { ServedKind } from '../registry/kinds.ts'
import { badRequest, invalid, refuse } from '../registry/status.ts'
import { pruneObject, validateValue } from '../registry/structural-schema.ts'
import type { Call } from './call.ts'

/**
 * `fieldValidation`: unknown fields refuse the request (`Strict`), are told in a header (`Warn`, the default) or are
 * dropped silently (`Ignore`). A field of the wrong type refuses it always; those of custom kinds are found when the
 * object is validated. The value is the headers to send.
 */
export function checkFields(call: Call, object: KubeObject): Outcome<Readonly<Record<string, string>>, Status> {
  const { kind, query } = call
  const schema = schemaOf(kind)
  if (schema === undefined) return success({})
  const mistyped = kind.custom === undefined ? validateValue(object, schema) : []
  if (mistyped.length > 0)
    return refuse(
      call.verb === 'patch'
        ? invalid({ ...kind, group: '', kind: '' }, '', mistyped)
        : badRequest(`${subject(kind)}: ${mistyped.map(({ field, message }) => `${field}: ${message}`).join(', ')}`),
    )
  const mode = query.get('fieldValidation') || 'Warn'
  if (mode === 'Ignore') return success({})
  const unknown: string[] = []
  pruneObject(fieldsOf(object), schema, unknown)
  const texts = unknown.map((path) => `unknown field ${JSON.stringify(path)}`)
  if (texts.length === 0) return success({})
  if (mode === 'Warn') return success({ Warning: texts.map((text) => `299 - ${JSON.stringify(text)}`).join(', ') })
  return refuse(badRequest(`${subject(kind)}: strict decoding error: ${texts.join(', ')}`))
}

const subject = ({ kind, version }: ServedKind): string =>
  `${kind} in version ${JSON.stringify(version)} cannot be handled as a ${kind}`
