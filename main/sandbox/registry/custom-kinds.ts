import type { KubeObject } from '#api/meta.ts'
import type { Schema } from '#api/schema/schema.ts'
import { type Fields, fieldAt, fieldsOf, isFields, parseFieldPath, withField } from './fields.ts'
import type { PrinterColumn, ScalePaths, ServedKind } from './kinds.ts'
import { type FieldError, invalidValue, requiredValue } from './status.ts'

/** What a CustomResourceDefinition says, one entry per served version; the storage version first. */
export function servedBy(definition: KubeObject): readonly ServedKind[] {
  const spec = specOf(definition)
  const names = isFields(spec['names']) ? spec['names'] : {}
  const kind = text(names['kind'])
  const served = versionsOf(spec).filter((version) => version['served'] === true)
  return served
    .toSorted((a, b) => Number(b['storage'] === true) - Number(a['storage'] === true))
    .map((version) => ({
      group: text(spec['group']),
      version: text(version['name']),
      plural: text(names['plural']),
      kind,
      namespaced: spec['scope'] === 'Namespaced',
      singular: text(names['singular']) || kind.toLowerCase(),
      listKind: text(names['listKind']) || `${kind}List`,
      shortNames: texts(names['shortNames']),
      categories: texts(names['categories']),
      hasStatus: isFields(fieldAt(version, ['subresources', 'status'])),
      scale: scaleOf(version),
      custom: {
        schema: fieldAt(version, ['schema', 'openAPIV3Schema']) as Schema | undefined,
        columns: (version['additionalPrinterColumns'] as readonly PrinterColumn[] | undefined) ?? [],
      },
    }))
}

function scaleOf(version: Fields): ScalePaths | undefined {
  const scale = fieldAt(version, ['subresources', 'scale'])
  if (!isFields(scale)) return undefined
  const selector = text(scale['labelSelectorPath'])
  return {
    specReplicas: parseFieldPath(text(scale['specReplicasPath'])),
    statusReplicas: parseFieldPath(text(scale['statusReplicasPath'])),
    labelSelector: selector === '' ? undefined : parseFieldPath(selector),
  }
}

/** The definition with the defaults and the status by which clients know that it is served. `at` is an RFC 3339 time. */
export function acceptDefinition(definition: KubeObject, at: string): KubeObject {
  const spec = specOf(definition)
  const names = isFields(spec['names']) ? spec['names'] : {}
  const kind = text(names['kind'])
  const accepted = { listKind: `${kind}List`, singular: kind.toLowerCase(), ...names }
  const known = fieldAt(definition, ['status', 'conditions'])
  const status = {
    acceptedNames: accepted,
    conditions: Array.isArray(known)
      ? known
      : [
          condition('NamesAccepted', 'NoConflicts', 'no conflicts found', at),
          condition('Established', 'InitialNamesAccepted', 'the initial names have been accepted', at),
        ],
    storedVersions: versionsOf(spec)
      .filter((version) => version['storage'] === true)
      .map((version) => version['name']),
  }
  const withNames = withField(fieldsOf(definition), ['spec', 'names'], accepted)
  return {
    ...withField(withNames, ['spec', 'conversion'], spec['conversion'] ?? { strategy: 'None' }),
    status,
  } as never
}

const condition = (type: string, reason: string, message: string, lastTransitionTime: string) => ({
  type,
  status: 'True',
  reason,
  message,
  lastTransitionTime,
})

export function validateDefinition(definition: KubeObject): readonly FieldError[] {
  const spec = specOf(definition)
  const plural = text(fieldAt(spec, ['names', 'plural']))
  const errors: FieldError[] = []
  for (const path of [['group'], ['scope'], ['names', 'plural'], ['names', 'kind']])
    if (text(fieldAt(spec, path)) === '') errors.push(requiredValue(`spec.${path.join('.')}`))
  const name = `${plural}.${text(spec['group'])}`
  if (errors.length === 0 && definition.metadata.name !== name)
    errors.push(invalidValue('metadata.name', definition.metadata.name, `must be spec.names.plural+"."+spec.group`))
  const versions = versionsOf(spec)
  if (versions.filter((version) => version['storage'] === true).length !== 1)
    errors.push(invalidValue('spec.versions', versions, 'must have exactly one version marked as storage version'))
  return errors
}

const specOf = (definition: KubeObject): Fields => {
  const spec = fieldsOf(definition)['spec']
  return isFields(spec) ? spec : {}
}
const versionsOf = (spec: Fields): readonly Fields[] =>
  Array.isArray(spec['versions']) ? spec['versions'].filter(isFields) : []
const text = (value: unknown): string => (typeof value === 'string' ? value : '')
const texts = (value: unknown): readonly string[] =>
  Array.isArray(value) ? value.filter((each) => typeof each === 'string') : []
