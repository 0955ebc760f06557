import type { Event } from '#api/core.ts'
import type { KubeObject } from '#api/meta.ts'
import { apiVersionOf, resources } from '#api/resources.ts'
import type { EpochMs } from '#lib/clock.ts'
import { formatSeconds } from '#lib/rfc3339.ts'
import type { SandboxStore } from '../store.ts'

/** What a controller or a node has to tell about an object. */
export interface Occurrence {
  readonly about: KubeObject
  /** The part of the object, such as `spec.containers{web}`. */
  readonly fieldPath?: string
  readonly type: 'Normal' | 'Warning'
  /** In one word, as upstream's. */
  readonly reason: string
  readonly message: string
  readonly from: EventSource
}

export interface EventSource {
  readonly component: string
  /** The node, where a node tells it. */
  readonly host?: string
}

/** Writes an Event, or counts the one that says the same already. An Event that is refused changes nothing else. */
export type RecordEvent = (occurrence: Occurrence) => void

/** Events whose repetition is recognised, as many as upstream's recorders remember. */
const remembered = 4096
/** So many that differ in their sentence alone, none ten minutes after the one before, are told as one from then on. */
const similar = { many: 10, withinMs: 600_000 }

export function eventRecorder(store: SandboxStore): RecordEvent {
  const names = new Map<string, string>()
  const sentences = new Map<string, Sentences>()
  let recorded = 0

  /** True once there were too many sentences that differ for each to have an event of its own. */
  const isOneOfMany = (occurrence: Occurrence, now: EpochMs): boolean => {
    const key = keyOf(occurrence, '')
    const known = sentences.get(key)
    const told = known !== undefined && now - known.lastAt < similar.withinMs ? known.told : new Set<string>()
    if (told.size < similar.many) told.add(occurrence.message)
    remember(sentences, key, { lastAt: now, told })
    return told.size >= similar.many
  }

  return (occurrence) => {
    const now = store.clock.now()
    const isCombined = isOneOfMany(occurrence, now)
    const key = keyOf(occurrence, isCombined ? combined : occurrence.message)
    const message = `${isCombined ? combined : ''}${occurrence.message}`
    const known = names.get(key)
    const namespace = namespaceOf(occurrence)
    if (known !== undefined && store.get(resources.events, { namespace, name: known }) !== undefined) {
      store.mutate(resources.events, { namespace, name: known }, (draft: Event) => ({ ...again(draft, now), message }))
      return remember(names, key, known)
    }
    recorded += 1
    const name = `${occurrence.about.metadata.name}.${momentName(now, recorded)}`
    if (store.create(resources.events, firstEvent({ ...occurrence, message }, name, now)).ok) remember(names, key, name)
  }
}

interface Sentences {
  readonly lastAt: EpochMs
  readonly told: Set<string>
}

const combined = '(combined from similar events): '

function remember<T>(known: Map<string, T>, key: string, value: T): void {
  known.delete(key)
  known.set(key, value)
  const oldest = known.size > remembered ? known.keys().next().value : undefined
  if (oldest !== undefined) known.delete(oldest)
}

const keyOf = ({ about, fieldPath = '', type, reason, from }: Occurrence, message: string): string =>
  [about.metadata.uid, fieldPath, type, reason, from.component, from.host, message].join('\n')

/** Events about what is in no namespace are told in `default`. */
const namespaceOf = ({ about }: Occurrence): string => about.metadata.namespace ?? 'default'

/** Sixteen digits that grow with time, and within a moment with each event: listed by name, events are in order. */
const momentName = (now: EpochMs, ordinal: number): string =>
  (BigInt(Math.floor(now)) * 1_000_000n + BigInt(ordinal % 1_000_000)).toString(16).padStart(16, '0')

const again = (event: Event, now: EpochMs): Event => ({
  ...event,
  count: (event.count ?? 1) + 1,
  lastTimestamp: formatSeconds(now),
})

function firstEvent(occurrence: Occurrence, name: string, now: EpochMs): Event {
  const { about, fieldPath, type, reason, message, from } = occurrence
  const { namespace, name: of, uid = '', resourceVersion = '' } = about.metadata
  return {
    apiVersion: apiVersionOf(resources.events),
    kind: 'Event',
    metadata: { name, namespace: namespaceOf(occurrence) },
    involvedObject: {
      apiVersion: about.apiVersion,
      kind: about.kind,
      name: of,
      ...(namespace !== undefined && { namespace }),
      uid,
      resourceVersion,
      ...(fieldPath !== undefined && { fieldPath }),
    },
    type,
    reason,
    message,
    count: 1,
    firstTimestamp: formatSeconds(now),
    lastTimestamp: formatSeconds(now),
    eventTime: null,
    source: from,
    reportingComponent: from.component,
  }
}
