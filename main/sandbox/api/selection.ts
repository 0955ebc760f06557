import type { KubeObject, Status } from '#api/meta.ts'
import { matchesSelector, parseSelector } from '#lib/label-selector.ts'
import { type Outcome, success } from '#lib/outcome.ts'
import type { ServedKind } from '../registry/kinds.ts'
import { badRequest, refuse } from '../registry/status.ts'
import { matchesFields, parseFieldSelector } from './field-selector.ts'

export interface Selection {
  readonly matches: (object: KubeObject) => boolean
  /** False when every object matches: then the server may say how many are left. */
  readonly restricts: boolean
}

/** Reads `labelSelector`, `fieldSelector` and the scope of a list, watch or deletecollection. */
export function parseSelection(
  kind: ServedKind,
  namespace: string | undefined,
  query: URLSearchParams,
): Outcome<Selection, Status> {
  const labelText = query.get('labelSelector') ?? ''
  const fieldText = query.get('fieldSelector') ?? ''
  const labels = parseSelector(labelText)
  if (!labels.ok) return refuse(badRequest(labels.error))
  const fields = parseFieldSelector(fieldText, kind)
  if (!fields.ok) return refuse(badRequest(fields.error))
  return success({
    restricts: labelText !== '' || fieldText !== '',
    matches: (object) =>
      (namespace === undefined || object.metadata.namespace === namespace) &&
      (labelText === '' || matchesSelector(labels.value, object.metadata.labels)) &&
      matchesFields(fields.value, object),
  })
}
