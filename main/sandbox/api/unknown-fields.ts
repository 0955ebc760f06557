import type { KubeObject, Status } from '#api/meta.ts'
import { apiVersionOf } from '#api/resources.ts'
import { type Outcome, success } from '#lib/outcome.ts'
import { fieldsOf } from '../registry/fields.ts'
import { badRequest, refuse } from '../registry/status.ts'
import { pruneObject } from '../registry/structural-schema.ts'
import type { Call } from './call.ts'
import { schemaOf } from './kind-schemas.ts'

/**
 * `fieldValidation`: unknown fields refuse the request (`Strict`), are told in a header (`Warn`, the default) or are
 * dropped silently (`Ignore`). The value is the headers to send.
 */
export function checkFields(call: Call, object: KubeObject): Outcome<Readonly<Record<string, string>>, Status> {
  const mode = call.query.get('fieldValidation') || 'Warn'
  const schema = schemaOf(call.kind)
  if (mode === 'Ignore' || schema === undefined) return success({})
  const unknown: string[] = []
  pruneObject(fieldsOf(object), schema, unknown)
  if (unknown.length === 0) return success({})
  const texts = unknown.map((path) => `unknown field ${JSON.stringify(path)}`)
  if (mode === 'Warn') return success({ Warning: texts.map((text) => `299 - ${JSON.stringify(text)}`).join(', ') })
  const { kind, version } = call.kind
  const where = `${kind} in version ${JSON.stringify(call.kind.custom === undefined ? version : apiVersionOf(call.kind))}`
  return refuse(badRequest(`${where} cannot be handled as a ${kind}: strict decoding error: ${texts.join(', ')}`))
}
