import { isDeepStrictEqual } from 'node:util'
import type { KubeObject, LabelSelector } from '#api/meta.ts'
import { matchesSelector } from '#lib/label-selector.ts'
import { validateDefinition } from './custom-kinds.ts'
import { fieldAt, isFields } from './fields.ts'
import { isDefinitions, type ServedKind, storageKey } from './kinds.ts'
import { type FieldError, forbiddenValue, invalidValue, requiredValue } from './status.ts'
import { validateValue } from './structural-schema.ts'
import { validateIngress } from './validate-ingress.ts'

/** Everything wrong with an object about to be stored; `previous` is what it replaces. */
export function validateObject(
  kind: ServedKind,
  object: KubeObject,
  previous: KubeObject | undefined,
): readonly FieldError[] {
  return [
    ...validateMetadata(object, previous),
    ...(kind.custom?.schema === undefined ? [] : validateValue(object, kind.custom.schema)),
    ...(isDefinitions(kind) ? validateDefinition(object) : []),
    ...(storageKey(kind) in workloads ? validateWorkload(object) : []),
    ...(storageKey(kind) === 'networking.k8s.io/ingresses' ? validateIngress(object) : []),
    ...(previous === undefined ? [] : validateImmutable(kind, object, previous)),
  ]
}

const subdomain = /^[a-z0-9]([-a-z0-9]*[a-z0-9])?(\.[a-z0-9]([-a-z0-9]*[a-z0-9])?)*$/

function validateMetadata(object: KubeObject, previous: KubeObject | undefined): readonly FieldError[] {
  const { name, labels = {}, finalizers = [] } = object.metadata
  const errors: FieldError[] = []
  // RBAC names are path segments: `system:node` is one.
  const isRbac = object.apiVersion.startsWith('rbac.authorization.k8s.io/')
  if (!isRbac && (name.length > 253 || !subdomain.test(name)))
    errors.push(
      invalidValue(
        'metadata.name',
        name,
        "a lowercase RFC 1123 subdomain must consist of lower case alphanumeric characters, '-' or '.', and must start and end with an alphanumeric character",
      ),
    )
  errors.push(...Object.entries(labels).flatMap(([key, value]) => validateLabel(key, value)))
  const before = previous?.metadata.finalizers ?? []
  if (previous?.metadata.deletionTimestamp !== undefined && finalizers.some((each) => !before.includes(each)))
    errors.push(forbiddenValue('metadata.finalizers', 'no new finalizers can be added if the object is being deleted'))
  return errors
}

const labelText = /^([A-Za-z0-9]([-A-Za-z0-9_.]{0,61}[A-Za-z0-9])?)?$/
const alphanumeric =
  "consist of alphanumeric characters, '-', '_' or '.', and must start and end with an alphanumeric character"

function validateLabel(key: string, value: unknown): readonly FieldError[] {
  const name = key.split('/').at(-1) ?? ''
  const errors: FieldError[] = []
  if (name === '' || !labelText.test(name))
    errors.push(invalidValue('metadata.labels', key, `name part must ${alphanumeric}`))
  if (typeof value !== 'string' || !labelText.test(value))
    errors.push(invalidValue('metadata.labels', value, `a valid label must be an empty string or ${alphanumeric}`))
  return errors
}

/** Kinds with `spec.selector` over the labels of `spec.template`. */
const workloads: Readonly<Record<string, true>> = {
  'apps/deployments': true,
  'apps/replicasets': true,
  'apps/statefulsets': true,
  'apps/daemonsets': true,
}

function validateWorkload(object: KubeObject): readonly FieldError[] {
  const selector = fieldAt(object, ['spec', 'selector'])
  const replicas = fieldAt(object, ['spec', 'replicas'])
  const errors: FieldError[] = []
  if (typeof replicas === 'number' && replicas < 0)
    errors.push(invalidValue('spec.replicas', replicas, 'must be greater than or equal to 0'))
  if (!isFields(selector)) return [...errors, requiredValue('spec.selector')]
  const labels = fieldAt(object, ['spec', 'template', 'metadata', 'labels'])
  if (!matchesSelector(selector as LabelSelector, (labels ?? {}) as Record<string, string>))
    errors.push(
      invalidValue('spec.template.metadata.labels', labels ?? null, '`selector` does not match template `labels`'),
    )
  const containers = fieldAt(object, ['spec', 'template', 'spec', 'containers'])
  if (!Array.isArray(containers) || containers.length === 0) errors.push(requiredValue('spec.template.spec.containers'))
  return errors
}

interface Immutable {
  readonly path: readonly string[]
  readonly message: string
}
const immutable = (message: string, ...path: readonly string[]): Immutable => ({ path, message })

const immutableFields: Readonly<Record<string, readonly Immutable[]>> = {
  'apps/deployments': [immutable('field is immutable', 'spec', 'selector')],
  'apps/replicasets': [immutable('field is immutable', 'spec', 'selector')],
  'apps/statefulsets': [immutable('field is immutable', 'spec', 'selector')],
  'batch/jobs': [
    immutable('field is immutable', 'spec', 'selector'),
    immutable('field is immutable', 'spec', 'template'),
  ],
  '/services': [immutable('may not change once set', 'spec', 'clusterIP')],
  // The one rule of the Rollout definition beyond its structure (API-5).
  'argoproj.io/rollouts': [immutable('.spec.selector is immutable', 'spec', 'selector')],
}

function validateImmutable(kind: ServedKind, object: KubeObject, previous: KubeObject): readonly FieldError[] {
  return (immutableFields[storageKey(kind)] ?? []).flatMap(({ path, message }) => {
    const before = fieldAt(previous, path)
    const after = fieldAt(object, path)
    if (before === undefined || (after === undefined && kind.custom !== undefined)) return []
    return isDeepStrictEqual(before, after) ? [] : [invalidValue(path.join('.'), after ?? null, message)]
  })
}
