import { labels } from '#api/keys.ts'
import { rolloutFieldOrder } from '#engine/normalise/normalise-rollout.ts'
import { isRecord } from '#engine/normalise/typed-value.ts'
import { type FieldType, structOf } from '#engine/pod-hash/field-order.ts'
import { parseGoDuration } from '#lib/go-duration.ts'
import { quantityValue } from '#lib/quantity.ts'
import { type ListRule, listRule } from './list-rules.ts'

interface Common {
  /** Nobody wrote it: the API server, or the controller, takes this value where nothing is said (REC-45). */
  readonly filled: boolean
  /** Written by the cluster, and different in every copy by nature (UI-DIFF-4). */
  readonly byCluster: boolean
}

export interface Leaf extends Common {
  readonly kind: 'leaf'
  /** As written. */
  readonly value: string | number | boolean | null
  /** Equal for values that mean the same: `500m` and `0.5`. */
  readonly same: string
  /** What a cluster fills in, written out. */
  readonly usual: boolean
}

export interface MapNode extends Common {
  readonly kind: 'map'
  /** The name of its type, where the API has one. */
  readonly type: string | undefined
  /** In the order of the API; names that people chose by the alphabet. */
  readonly members: ReadonlyMap<string, Node>
}

export interface ListNode extends Common {
  readonly kind: 'list'
  readonly rule: ListRule
  readonly items: readonly Node[]
}

/** A value of a manifest that knows what it means. */
export type Node = Leaf | MapNode | ListNode

/** Where a value stands. */
interface Place {
  readonly type: FieldType | undefined
  readonly field: string
  readonly byCluster: boolean
}

/** Empty, they say as little as if they were absent; `emptyDir: {}` and `pause: {}` say something. */
const nothingWhenEmpty: ReadonlySet<string> = new Set([
  'SecurityContext',
  'PodSecurityContext',
  'Capabilities',
  'ResourceRequirements',
  'Affinity',
  'NodeAffinity',
  'PodAffinity',
  'PodAntiAffinity',
  'Lifecycle',
  'ObjectMeta',
  'PodTemplateMetadata',
  'AnalysisRunMetadata',
  'PodDNSConfig',
  'RolloutTrafficRouting',
  'AnalysisHistoryLimits',
])

const ofObject: ReadonlySet<string> = new Set([
  'uid',
  'resourceVersion',
  'generation',
  'creationTimestamp',
  'selfLink',
  'ownerReferences',
])

const nameIsByCluster = (name: string): boolean =>
  name === labels.podTemplateHash || /^rollout\.argoproj\.io\/(?:revision|workload-generation)$/.test(name)

/**
 * The tree of a value.
 * @param raw as written
 * @param full the same as the typed API reads it, with the values that it takes where nothing is said
 */
export function readTree(place: Place, raw: unknown, full: unknown): Node | undefined {
  const { type } = place
  const filled = raw === undefined || raw === null
  if (type === undefined || (!filled && !isAlike(raw, full))) return untyped(place, filled ? full : raw, filled)
  if (type.kind === 'list' && Array.isArray(full)) return listOf(place, type.of, raw, full)
  if (type.kind === 'map' && isRecord(full)) return mapOf(place, type.of, raw, full)
  if (type.kind === 'struct' && isRecord(full)) return structNode(place, type.name, raw, full)
  if (type.kind === 'raw') return untyped(place, full, filled)
  return leafOf(place, filled ? full : raw, full, filled)
}

/** What could not be read as its type is shown as it was written. */
const isAlike = (raw: unknown, full: unknown): boolean =>
  Array.isArray(raw) === Array.isArray(full) && isRecord(raw) === isRecord(full)

function structNode(place: Place, name: string, raw: unknown, full: Readonly<Record<string, unknown>>) {
  const written = isRecord(raw) ? raw : {}
  const members = new Map<string, Node>()
  const struct = structOf(rolloutFieldOrder, name)
  for (const field of struct.fields) {
    const [own, value] = [written[field.name], full[field.name]]
    if (value === undefined && (own === undefined || isEmpty(own))) continue
    const byCluster = place.byCluster || fieldIsByCluster(name, field.name, written)
    const type = value === undefined ? undefined : field.type
    put(members, field.name, readTree({ type, field: field.name, byCluster }, own, value ?? own))
  }
  for (const [field, value] of Object.entries(written))
    if (!struct.names.has(field)) put(members, field, untyped({ ...place, field }, value, false))
  return members.size === 0 && nothingWhenEmpty.has(name) ? undefined : mapNode(place, name, members, raw)
}

/** What identifies an object, and the copy that the API server makes of `serviceAccountName`. */
function fieldIsByCluster(type: string, field: string, written: Readonly<Record<string, unknown>>): boolean {
  if (type === 'ObjectMeta') return ofObject.has(field)
  const own = written[field]
  return field === 'serviceAccount' && own !== undefined && own === written['serviceAccountName']
}

function mapOf(place: Place, of: FieldType, raw: unknown, full: Readonly<Record<string, unknown>>) {
  const written = isRecord(raw) ? raw : {}
  const members = new Map<string, Node>()
  for (const name of Object.keys(full).toSorted()) {
    const byCluster = place.byCluster || nameIsByCluster(name)
    put(members, name, readTree({ type: of, field: place.field, byCluster }, written[name], full[name]))
  }
  return mapNode(place, undefined, members, raw)
}

function listOf(place: Place, of: FieldType, raw: unknown, full: readonly unknown[]): ListNode {
  const written: readonly unknown[] = Array.isArray(raw) ? raw : []
  const items = full.flatMap((each, at) => readTree({ ...place, type: of }, written[at], each) ?? emptyMap)
  return { ...common(place, raw), kind: 'list', rule: listRule(place.field, of), items }
}

/** Fields the API does not know: compared as they are; `null` is absent. */
function untyped(place: Place, value: unknown, filled: boolean): Node | undefined {
  const { byCluster } = place
  if (value === undefined || value === null) return undefined
  if (Array.isArray(value)) {
    const items = value.map((each) => untyped(place, each, filled) ?? leafOf(place, null, null, filled))
    return { kind: 'list', rule: nameRule(value) ?? listRule(place.field, undefined), items, filled, byCluster }
  }
  if (!isRecord(value)) return leafOf({ ...place, type: undefined }, value, value, filled)
  const members = new Map<string, Node>()
  for (const name of Object.keys(value).toSorted())
    put(members, name, untyped({ ...place, field: name }, value[name], filled))
  return { kind: 'map', type: undefined, members, filled, byCluster }
}

const nameRule = (items: readonly unknown[]): ListRule | undefined =>
  items.length > 0 && items.every((each) => isRecord(each) && typeof each['name'] === 'string')
    ? { by: 'keys', keys: ['name'] }
    : undefined

function put(members: Map<string, Node>, name: string, node: Node | undefined): void {
  if (node !== undefined) members.set(name, node)
}

const common = ({ byCluster }: Place, raw: unknown): Common => ({
  filled: raw === undefined || raw === null,
  byCluster,
})

function mapNode(place: Place, type: string | undefined, members: ReadonlyMap<string, Node>, raw: unknown): MapNode {
  const byCluster = place.byCluster || (members.size > 0 && [...members.values()].every((each) => each.byCluster))
  return { ...common(place, raw), byCluster, kind: 'map', type, members }
}

const emptyMap: MapNode = { kind: 'map', type: undefined, members: new Map(), filled: false, byCluster: false }

/** As Go leaves it out. */
const isEmpty = (value: unknown): boolean =>
  value === null ||
  value === '' ||
  value === 0 ||
  value === false ||
  (Array.isArray(value) && value.length === 0) ||
  (isRecord(value) && Object.keys(value).length === 0)

function leafOf({ type, field, byCluster }: Place, raw: unknown, full: unknown, filled: boolean): Leaf {
  const value = typeof raw === 'object' ? (raw === null ? null : JSON.stringify(raw)) : (raw as Leaf['value'])
  const same = meaning(type, field, full)
  return { kind: 'leaf', value, same, usual: usual[field]?.includes(String(value)) === true, filled, byCluster }
}

/** One text for all ways to write a value. */
function meaning(type: FieldType | undefined, field: string, value: unknown): string {
  if (type?.kind === 'quantity' && typeof value === 'string') return quantityValue(value)
  if (field === 'duration') return milliseconds(value)
  if (type?.kind === 'intOrString' && typeof value === 'string') return intOrString(field, value)
  return JSON.stringify(value) ?? ''
}

/** Any text of an amount is a percentage (API-65); a port of digits is that port. */
const intOrString = (field: string, text: string): string =>
  field === 'port' && /^\d+$/.test(text) ? text : JSON.stringify(field === 'port' ? text : text.replaceAll('%', ''))

/** Numbers, and texts of digits alone, are seconds. */
function milliseconds(value: unknown): string {
  if (typeof value === 'number') return String(value * 1000)
  const text = String(value)
  if (/^\d+$/.test(text)) return String(Number(text) * 1000)
  const read = parseGoDuration(text)
  return read.ok ? String(read.value) : JSON.stringify(text)
}

/** What API servers fill in, by the name of the field: folded where it stands on both sides. */
const usual: Readonly<Record<string, readonly string[]>> = {
  dnsPolicy: ['ClusterFirst'],
  restartPolicy: ['Always'],
  schedulerName: ['default-scheduler'],
  terminationGracePeriodSeconds: ['30'],
  terminationMessagePath: ['/dev/termination-log'],
  terminationMessagePolicy: ['File'],
  imagePullPolicy: ['IfNotPresent', 'Always'],
  protocol: ['TCP'],
  scheme: ['HTTP'],
  timeoutSeconds: ['1'],
  periodSeconds: ['10'],
  successThreshold: ['1'],
  failureThreshold: ['3'],
  defaultMode: ['420'],
}
