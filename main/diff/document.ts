import type { PodTemplateSpec } from '#api/core.ts'
import { rolloutFieldOrder } from '#engine/normalise/normalise-rollout.ts'
import { isRecord, nothingDropped, typedValue } from '#engine/normalise/typed-value.ts'
import { type FieldType, readType } from '#engine/pod-hash/field-order.ts'
import { withDefaults } from '#engine/pod-template/defaults.ts'
import { type MapNode, type Node, readTree } from './tree.ts'

type Json = Readonly<Record<string, unknown>>

/**
 * What one side of a comparison is: the metadata and spec of a Rollout, or only its pod template, which is all that a revision keeps;
 * `other`: any other object, such as a ConfigMap.
 */
export type Manifest =
  | { readonly kind: 'rollout'; readonly metadata: Json; readonly spec: Json }
  | { readonly kind: 'template'; readonly template: PodTemplateSpec }
  | { readonly kind: 'other'; readonly object: Json }

const metadataType = readType('ObjectMeta')
const specType = readType('RolloutSpec')

/** A manifest as a tree, in the shape of a Rollout; a template alone stands where it stands in a Rollout. */
export function documentOf(manifest: Manifest): Node {
  if (manifest.kind === 'other') return read(undefined, '', manifest.object, manifest.object) ?? empty
  const spec = manifest.kind === 'template' ? { template: manifest.template } : manifest.spec
  const members = new Map<string, Node>()
  if (manifest.kind === 'rollout') {
    const metadata = ofPeople(manifest.metadata)
    const tree = read(metadataType, 'metadata', metadata, typed(metadataType, metadata))
    if (tree !== undefined) members.set('metadata', tree)
  }
  const full = fullSpec(typed(specType, spec) as Json, manifest.kind === 'rollout')
  const tree = read(specType, 'spec', spec, full)
  if (tree !== undefined) members.set('spec', tree)
  return { ...empty, members }
}

/** Both sides as far as both are known. */
export const alike = (left: Manifest, right: Manifest): readonly [Manifest, Manifest] =>
  left.kind === right.kind ? [left, right] : [templateOnly(left), templateOnly(right)]

const templateOnly = (manifest: Manifest): Manifest =>
  manifest.kind === 'rollout'
    ? { kind: 'template', template: (manifest.spec['template'] ?? {}) as PodTemplateSpec }
    : manifest

const empty: MapNode = { kind: 'map', type: undefined, members: new Map(), filled: false, byCluster: false }

const read = (type: FieldType | undefined, field: string, raw: unknown, full: unknown) =>
  readTree({ type, field, byCluster: false }, raw, full)

const typed = (type: FieldType, value: unknown): unknown =>
  typedValue(rolloutFieldOrder, type, value, '', nothingDropped()) ?? {}

/** Who manages which field, and the copy of what kubectl applied last, say nothing that the fields do not. */
function ofPeople({ managedFields: _managed, ...metadata }: Json): Json {
  const { annotations } = metadata
  if (!isRecord(annotations)) return metadata
  const { 'kubectl.kubernetes.io/last-applied-configuration': _copy, ...kept } = annotations
  return { ...metadata, annotations: kept }
}

function fullSpec(spec: Json, whole: boolean): Json {
  const { template } = spec
  const filled = isRecord(template) ? { ...spec, template: fullTemplate(template) } : spec
  return whole ? withRolloutDefaults(filled) : filled
}

/** `serviceAccount` is the API server's copy of `serviceAccountName`. */
function fullTemplate(template: Json): Json {
  const { spec, ...rest } = withDefaults(template) as Json
  if (!isRecord(spec)) return rest
  const account = spec['serviceAccountName'] ?? spec['serviceAccount']
  return {
    ...rest,
    spec: account === undefined ? spec : { serviceAccount: account, serviceAccountName: account, ...spec },
  }
}

/** What the controller takes where a Rollout says nothing. */
function withRolloutDefaults(spec: Json): Json {
  const { strategy } = spec
  const filled = isRecord(strategy) ? { strategy: withStrategyDefaults(strategy) } : {}
  return { replicas: 1, revisionHistoryLimit: 10, progressDeadlineSeconds: 600, ...spec, ...filled }
}

function withStrategyDefaults(strategy: Json): Json {
  const { canary, blueGreen } = strategy
  return {
    ...strategy,
    ...(isRecord(canary) && { canary: { maxSurge: '25%', maxUnavailable: '25%', ...canary } }),
    ...(isRecord(blueGreen) && {
      blueGreen: { autoPromotionEnabled: true, scaleDownDelaySeconds: 30, ...blueGreen },
    }),
  }
}
