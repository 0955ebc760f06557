import type { KubeObject } from '#api/meta.ts'
import { type Resource, resourcePath, resources } from '#api/resources.ts'
import type { OwnNamespace } from '#test/support/own-namespace.ts'
import { reasonOf, type State, stateOf } from './state.ts'

interface WatchEvent {
  readonly type: 'ADDED' | 'MODIFIED' | 'DELETED' | 'BOOKMARK' | 'ERROR'
  readonly object: KubeObject
}

/** A moment at which something changed. */
export interface Moment {
  /** `performance.now()` when it was told. */
  readonly atMs: number
  readonly state: State
  /** Of an Event about the Rollout that was written then. */
  readonly reason?: string
}

/** Everything that a namespace's watches told, oldest first. */
export interface Sight {
  readonly moments: readonly Moment[]
  readonly state: State
  close(): void
}

const watched: readonly Resource[] = [
  resources.rollouts,
  resources.replicaSets,
  resources.services,
  resources.deployments,
  resources.analysisRuns,
  resources.events,
]
const pollMs = 20
/** Watches of different kinds tell one after the other what was stored at about the same time. */
const orderingMs = 100

/** Watches from now on; `onMoment` hears of every moment in the order in which it was stored. */
export function watchNamespace({ api, namespace }: OwnNamespace, onMoment: (moment: Moment) => void): Sight {
  const watches = watched.map((resource) =>
    api.watch<WatchEvent>(`${resourcePath(resource, { namespace })}?watch=true`),
  )
  const read = watches.map(() => 0)
  const objects = new Map<string, KubeObject>()
  const moments: Moment[] = []
  let waiting: { readonly event: WatchEvent; readonly atMs: number }[] = []
  const poll = () => {
    const atMs = performance.now()
    for (const [index, { events }] of watches.entries()) {
      const added = events.slice(read[index])
      read[index] = events.length
      waiting.push(...added.filter(({ type }) => type !== 'BOOKMARK').map((event) => ({ event, atMs })))
    }
    const due = waiting.filter((each) => each.atMs <= atMs - orderingMs)
    if (due.length === 0) return
    const newest = Math.max(...due.map(({ event }) => versionOf(event)))
    const isDue = (each: { readonly event: WatchEvent }) => versionOf(each.event) <= newest
    for (const each of waiting.filter(isDue).toSorted((a, b) => versionOf(a.event) - versionOf(b.event)))
      tell(each.event, each.atMs)
    waiting = waiting.filter((each) => !isDue(each))
  }
  const tell = ({ type, object }: WatchEvent, atMs: number) => {
    const key = `${object.kind} ${object.metadata.name}`
    if (type === 'DELETED') objects.delete(key)
    else objects.set(key, object)
    const reason = type === 'DELETED' ? undefined : reasonOf(object)
    const moment = { atMs, state: stateOf([...objects.values()]), ...(reason !== undefined && { reason }) }
    moments.push(moment)
    onMoment(moment)
  }
  const timer = setInterval(poll, pollMs)
  return {
    moments,
    get state() {
      return moments.at(-1)?.state ?? {}
    },
    close() {
      clearInterval(timer)
      for (const each of watches) each.close()
    },
  }
}

/** The one place that reads them as numbers: only to tell events of one API server in the order they were stored. */
const versionOf = ({ object }: WatchEvent): number => Number(object.metadata.resourceVersion ?? 0)
