import type { ReplicaSet } from '#api/apps.ts'
import type { PodTemplateSpec } from '#api/core.ts'
import { labels } from '#api/keys.ts'
import { isRecord } from '#engine/normalise/typed-value.ts'
import { normalisePodTemplate, podTemplateComparisonText } from '#engine/pod-hash/pod-template-hash.ts'
import { rememberedPair } from '#lib/remembered.ts'
import { withoutAntiAffinity } from './anti-affinity.ts'
import { withDefaults } from './defaults.ts'
import { injectedMetadata, withoutEphemeralMetadata } from './ephemeral-metadata.ts'

/**
 * Whether `live` was made from `desired` (REC-44): what the engine injected into the ReplicaSet is undone, then the two
 * templates are compared with the API server's defaults on both sides. A wrong "no" here redeploys for nothing.
 */
export const templatesEqual = rememberedPair((live: ReplicaSet, desired: PodTemplateSpec): boolean =>
  plainTemplatesEqual(templateAsWritten(live), desired),
)

/** The template a ReplicaSet was made from: without hash label, ephemeral metadata and injected anti-affinity (ACT-98). */
export const templateAsWritten = (live: ReplicaSet): PodTemplateSpec =>
  withoutHashLabel(withoutAntiAffinity(withoutEphemeralMetadata(live.spec.template, injectedMetadata(live))))

/** REC-44 without undoing injections: for a ReplicaSet that was found under the name of a new one (REC-50). */
export function plainTemplatesEqual(live: PodTemplateSpec, desired: PodTemplateSpec): boolean {
  const [left, right] = [withDefaults(comparable(live)), withDefaults(comparable(desired))]
  return podTemplateComparisonText(withoutImpliedPullPolicies(left, right)) === podTemplateComparisonText(right)
}

export function withoutHashLabel(template: PodTemplateSpec): PodTemplateSpec {
  const { [labels.podTemplateHash]: hash, ...kept } = template.metadata?.labels ?? {}
  if (hash === undefined) return template
  const { labels: _replaced, ...metadata } = template.metadata ?? {}
  return { ...template, metadata: { ...metadata, ...(Object.keys(kept).length > 0 && { labels: kept }) } }
}

/** `serviceAccount` is the API server's copy of `serviceAccountName`. */
function comparable(template: PodTemplateSpec): PodTemplateSpec {
  const { spec, ...rest } = normalisePodTemplate(withoutHashLabel(template))
  if (spec === undefined) return rest
  const { serviceAccount: _copy, ...kept } = spec
  return { ...rest, spec: { ...kept, containers: spec.containers } }
}

/** Whether an image volume gets a pull policy depends on a feature gate of the server: an absent one equals any. */
function withoutImpliedPullPolicies(live: PodTemplateSpec, desired: PodTemplateSpec): PodTemplateSpec {
  const [volumes, wanted] = [volumesOf(live), volumesOf(desired)]
  if (live.spec === undefined || volumes.length === 0) return live
  const kept = volumes.map((volume, i) => {
    const image = volume['image']
    const desiredImage = wanted[i]?.['image']
    if (!isRecord(image) || !isRecord(desiredImage) || desiredImage['pullPolicy'] !== undefined) return volume
    const { pullPolicy: _implied, ...rest } = image
    return { ...volume, image: rest }
  })
  return { ...live, spec: { ...live.spec, volumes: kept } }
}

const volumesOf = (template: PodTemplateSpec): readonly Readonly<Record<string, unknown>>[] => {
  const volumes = template.spec?.['volumes']
  return Array.isArray(volumes) ? volumes.filter(isRecord) : []
}
