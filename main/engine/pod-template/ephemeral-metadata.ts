import type { PodTemplateSpec } from '#api/core.ts'
import { annotations } from '#api/keys.ts'
import type { KubeObject, ObjectMeta } from '#api/meta.ts'
import type { PodTemplateMetadata, RolloutSpec } from '#api/rollout.ts'
import { isRecord } from '#engine/normalise/typed-value.ts'
import { byCodePoint } from '#engine/pod-hash/canonical-json.ts'

type Texts = Readonly<Record<string, string>>

/** What each side of an update should carry on its pods for as long as it has that role (REC-104). */
export interface EphemeralMetadata {
  readonly stable: PodTemplateMetadata
  readonly update: PodTemplateMetadata
}

/** `undefined` when the strategy has none at all; injected data is then left where it is (REC-104). */
export function ephemeralMetadataOf(spec: RolloutSpec): EphemeralMetadata | undefined {
  const { canary, blueGreen } = spec.strategy ?? {}
  const [stable, update] = canary
    ? [canary.stableMetadata, canary.canaryMetadata]
    : [blueGreen?.activeMetadata, blueGreen?.previewMetadata]
  if (stable === undefined && update === undefined) return undefined
  return { stable: stable ?? {}, update: update ?? {} }
}

/** What was injected into a ReplicaSet, by its own annotation (API-145). Unreadable text counts as nothing. */
export function injectedMetadata(replicaSet: Pick<KubeObject, 'metadata'>): PodTemplateMetadata {
  const parsed = parseJson(replicaSet.metadata.annotations?.[annotations.ephemeralMetadata])
  if (!isRecord(parsed)) return {}
  return { labels: textsOf(parsed['labels']), annotations: textsOf(parsed['annotations']) }
}

/** The annotation for what is injected now: compact, keys sorted; `undefined` when nothing is (REC-105). */
export function ephemeralMetadataAnnotation(metadata: PodTemplateMetadata): string | undefined {
  const parts = { ...sorted('labels', metadata.labels), ...sorted('annotations', metadata.annotations) }
  return Object.keys(parts).length === 0 ? undefined : JSON.stringify(parts)
}

/**
 * Metadata of a pod template or a pod with `desired` in place of `injected` (REC-105). Other keys stay; a template's own
 * value that was overwritten does not come back. The very same object when nothing changes.
 */
export function withEphemeralMetadata<T extends Partial<ObjectMeta>>(
  metadata: T,
  injected: PodTemplateMetadata,
  desired: PodTemplateMetadata,
): T {
  const labels = replaced(metadata.labels, injected.labels, desired.labels)
  const notes = replaced(metadata.annotations, injected.annotations, desired.annotations)
  if (labels === metadata.labels && notes === metadata.annotations) return metadata
  return { ...metadata, ...(labels && { labels }), ...(notes && { annotations: notes }) }
}

/** The template without what was injected (REC-44). */
export const withoutEphemeralMetadata = (
  template: PodTemplateSpec,
  injected: PodTemplateMetadata,
): PodTemplateSpec => ({
  ...template,
  metadata: withEphemeralMetadata(template.metadata ?? {}, injected, {}),
})

function replaced(current: Texts | undefined, injected: Texts = {}, desired: Texts = {}): Texts | undefined {
  const kept = Object.entries(current ?? {}).filter(
    ([key]) => !Object.hasOwn(injected, key) || Object.hasOwn(desired, key),
  )
  // An empty text is not added where the key is absent: the reference cannot tell the two apart.
  const set = Object.entries(desired).filter(([key, value]) => value !== '' || Object.hasOwn(current ?? {}, key))
  const next = { ...Object.fromEntries(kept), ...Object.fromEntries(set) }
  return sameTexts(current ?? {}, next) ? current : next
}

const sameTexts = (a: Texts, b: Texts): boolean =>
  Object.keys(a).length === Object.keys(b).length && Object.entries(a).every(([key, value]) => b[key] === value)

function sorted(name: 'labels' | 'annotations', texts: Texts | undefined): { readonly [name: string]: Texts } {
  const keys = Object.keys(texts ?? {}).sort(byCodePoint)
  return keys.length === 0 ? {} : { [name]: Object.fromEntries(keys.map((key) => [key, texts?.[key] ?? ''])) }
}

const textsOf = (value: unknown): Texts =>
  Object.fromEntries(
    Object.entries(isRecord(value) ? value : {}).filter(
      (entry): entry is [string, string] => typeof entry[1] === 'string',
    ),
  )

function parseJson(text: string | undefined): unknown {
  try {
    return text === undefined ? undefined : JSON.parse(text)
  } catch {
    return undefined
  }
}
