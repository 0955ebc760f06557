import type { KubeObject } from '#api/meta.ts'
import { failure, type Outcome, success } from '#lib/outcome.ts'
import { fieldAt, textOf } from '../registry/fields.ts'
import { type ServedKind, storageKey } from '../registry/kinds.ts'

export type FieldSelector = readonly { readonly path: string; readonly value: string; readonly equal: boolean }[]

/** Fields by which upstream lets a kind be selected, besides name and namespace. */
const selectable: Readonly<Record<string, readonly string[]>> = {
  '/pods': [
    'spec.nodeName',
    'spec.restartPolicy',
    'spec.schedulerName',
    'spec.serviceAccountName',
    'status.phase',
    'status.podIP',
  ],
  '/events': [
    'involvedObject.kind',
    'involvedObject.namespace',
    'involvedObject.name',
    'involvedObject.uid',
    'involvedObject.apiVersion',
    'involvedObject.resourceVersion',
    'involvedObject.fieldPath',
    'reason',
    'reportingComponent',
    'source',
    'type',
  ],
  '/namespaces': ['status.phase'],
  '/nodes': ['spec.unschedulable'],
  '/secrets': ['type'],
  '/services': ['spec.clusterIP', 'spec.type'],
  'apps/replicasets': ['status.replicas'],
  'batch/jobs': ['status.successful'],
}

export function parseFieldSelector(text: string, kind: ServedKind): Outcome<FieldSelector, string> {
  const allowed = new Set([
    'metadata.name',
    ...(kind.namespaced ? ['metadata.namespace'] : []),
    ...(selectable[storageKey(kind)] ?? []),
  ])
  const parts = text.split(',').filter((part) => part.trim() !== '')
  const terms = parts.map((part) => /^\s*([^=!\s]+)\s*(==|=|!=)(.*)$/.exec(part))
  const broken = terms.indexOf(null)
  if (broken >= 0) return failure(`invalid selector: '${parts[broken]}'; can't understand '${parts[broken]}'`)
  const selector = terms.map((term) => ({ path: term?.[1] ?? '', value: term?.[3] ?? '', equal: term?.[2] !== '!=' }))
  const unknown = selector.find(({ path }) => !allowed.has(path))
  return unknown === undefined ? success(selector) : failure(`field label not supported: ${unknown.path}`)
}

export const matchesFields = (selector: FieldSelector, object: KubeObject): boolean =>
  selector.every(({ path, value, equal }) => {
    const actual = textOf(fieldAt(object, path.split('.')))
    return (actual === value) === equal
  })
