import { isRecord } from '#engine/normalise/typed-value.ts'
import { byCodePoint } from '#engine/pod-hash/canonical-json.ts'
import { decodeJson } from '#lib/decode-json.ts'
import { goJson } from '#lib/go-json.ts'
import { failure, type Outcome, success } from '#lib/outcome.ts'

/** On an Ingress: which annotations are whose, so that they can be reset once a Rollout lets go of it (ALB-4, ALB-24). */
export const managedKey = 'rollouts.argoproj.io/managed-alb-annotations'

/** Written by old releases; taken away at the next reset. */
export const legacyManagedKey = 'rollouts.argoproj.io/managed-alb-actions'

/** Keys of annotations by the name of the Rollout. `null` is a list that somebody else left empty that way. */
export type ManagedAnnotations = ReadonlyMap<string, readonly string[] | null>

/**
 * Reads the annotation; an absent or empty one is an empty map.
 *
 * Error  the text of Go's decoder. Differs from the reference, which `null` crashes: it is an empty map.
 */
export function parseManaged(text: string | undefined): Outcome<ManagedAnnotations, string> {
  const decoded = text === undefined || text === '' ? success({}) : decodeJson(text)
  if (!decoded.ok) return decoded
  const value = decoded.value ?? {}
  if (!isRecord(value)) return failure(mismatch(value, 'ingress.ManagedALBAnnotations'))
  const managed = new Map<string, readonly string[] | null>()
  for (const [rollout, keys] of Object.entries(value)) {
    const read = readKeys(keys)
    if (!read.ok) return read
    managed.set(rollout, read.value)
  }
  return success(managed)
}

function readKeys(keys: unknown): Outcome<readonly string[] | null, string> {
  if (keys === null) return success(null)
  if (!Array.isArray(keys)) return failure(mismatch(keys, 'ingress.ManagedALBAnnotation'))
  const texts = keys.map((key: unknown) => key ?? '')
  const odd = texts.find((key) => typeof key !== 'string')
  return odd === undefined ? success(texts.map(String)) : failure(mismatch(odd, 'string'))
}

const mismatch = (value: unknown, type: string): string =>
  `json: cannot unmarshal ${kindOf(value)} into Go value of type ${type}`

function kindOf(value: unknown): string {
  if (Array.isArray(value)) return 'array'
  return typeof value === 'boolean' ? 'bool' : typeof value
}

/** By name of the Rollout, in the order of bytes. Not from an object: that would put names like `10` first. */
export function formatManaged(managed: ManagedAnnotations): string {
  const entries = [...managed].toSorted(([a], [b]) => byCodePoint(a, b))
  return `{${entries.map(([rollout, keys]) => `${goJson(rollout)}:${goJson(keys)}`).join(',')}}`
}

export type Annotations = Readonly<Record<string, string>>

/** The annotations with these keys told as the Rollout's, or no more. Its entry is made either way, and may be empty (ALB-16). */
export function registerManaged(
  annotations: Annotations,
  rollout: string,
  { adds = [], removes = [] }: { readonly adds?: readonly string[]; readonly removes?: readonly string[] },
): Outcome<Annotations, string> {
  const parsed = parseManaged(annotations[managedKey])
  if (!parsed.ok) return parsed
  const kept = (parsed.value.get(rollout) ?? []).filter((key) => !removes.includes(key))
  const keys = [...kept, ...adds.filter((key) => !kept.includes(key))]
  return success({ ...annotations, [managedKey]: formatManaged(new Map(parsed.value).set(rollout, keys)) })
}

export const withoutKeys = (annotations: Annotations, keys: readonly string[]): Annotations =>
  Object.fromEntries(Object.entries(annotations).filter(([key]) => !keys.includes(key)))
