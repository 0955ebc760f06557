import type { Pod } from '#api/core.ts'
import type { Status } from '#api/meta.ts'
import { resources } from '#api/resources.ts'
import type { EpochMs } from '#lib/clock.ts'
import { type Outcome, success } from '#lib/outcome.ts'
import type { SandboxStore } from '../store.ts'
import { configEvents, containerEvents, killingEvents, unhealthyEvents } from './container-events.ts'
import { type Controller, earliest, type Reconciled, settled } from './controller.ts'
import type { RecordEvent } from './event-recorder.ts'
import { addressOf } from './nodes.ts'
import { atOf, isOf, keyOf, type ObjectKey } from './object-key.ts'
import { PodHolds } from './pod-holds.ts'
import { type LifeSettings, planLife, podStatusAt, stoppedAt, stoppedStatus } from './pod-life.ts'
import { inOrder, removeObject, updateStatus } from './write.ts'

/** How often a container that is not ready is told of. */
const probeEveryMs = 10_000

/** Lets the pods of all nodes live as their images say, tells of it, and removes them when told. */
export function kubelet(store: SandboxStore, settings: LifeSettings, record: RecordEvent): Controller {
  /** When to tell again that a pod is not ready. */
  const probes = new Map<ObjectKey, EpochMs>()
  /** Uids of the pods whose end has been told. */
  const stopping = new Map<ObjectKey, string>()
  const podHolds = new PodHolds(store)
  const nextPodIP = addresses(settings.seed)

  const probe = (pod: Pod, status: NonNullable<Pod['status']>, now: EpochMs): EpochMs | undefined => {
    const key = keyOf(pod)
    const unhealthy = unhealthyEvents(pod, status, nodeOf(pod))
    const dueAt = probes.get(key) ?? now + probeEveryMs / settings.speed
    if (unhealthy.length === 0) {
      probes.delete(key)
      return undefined
    }
    if (now >= dueAt) for (const each of unhealthy) record(each)
    const nextAt = now >= dueAt ? now + probeEveryMs / settings.speed : dueAt
    probes.set(key, nextAt)
    return nextAt
  }

  const report = (pod: Pod, now: EpochMs): Reconciled => {
    const node = store.get(resources.nodes, { name: pod.spec.nodeName ?? '' })
    const place = { podIP: pod.status?.podIP ?? nextPodIP(), hostIP: node === undefined ? '' : addressOf(node) }
    const { holds, retryAt, tried } = podHolds.at(pod, now)
    const { status, nextAt } = podStatusAt(planLife(pod, settings, holds), pod, place, now)
    for (const each of containerEvents(pod, status, nodeOf(pod))) record(each)
    if (tried) for (const each of configEvents(pod, holds, nodeOf(pod))) record(each)
    const probeAt = probe(pod, status, now)
    const written = updateStatus<Pod>(store, resources.pods, atOf(keyOf(pod)), (draft) => ({ ...draft, status }))
    return written.ok ? success(earliest(nextAt, probeAt, retryAt)) : written
  }

  const stop = (pod: Pod, now: EpochMs): Reconciled => {
    const { uid = '' } = pod.metadata
    const at = pod.spec.nodeName === undefined || isFinished(pod) ? now : stoppedAt(pod, settings)
    if (stopping.get(keyOf(pod)) !== uid) for (const each of killingEvents(pod, nodeOf(pod))) record(each)
    stopping.set(keyOf(pod), uid)
    if (now < at) return success(at)
    const ended = (): Outcome<void, Status> =>
      isFinished(pod) || pod.status?.containerStatuses === undefined
        ? success(undefined)
        : updateStatus<Pod>(store, resources.pods, atOf(keyOf(pod)), (draft) => ({
            ...draft,
            status: stoppedStatus(pod, now),
          }))
    const gone = () => removeObject(store, resources.pods, atOf(keyOf(pod)), { gracePeriodSeconds: 0 })
    const done = inOrder((pod.metadata.finalizers ?? []).length === 0 ? [gone] : [ended, gone])
    return done.ok ? settled : done
  }

  return {
    name: 'kubelet',
    wakes: (change) => (isOf(change, resources.pods) ? [keyOf(change.object)] : []),
    reconcile(key, now) {
      const pod = store.get(resources.pods, atOf(key)) as Pod | undefined
      if (pod === undefined) {
        probes.delete(key)
        stopping.delete(key)
        podHolds.forget(key)
        return settled
      }
      if (pod.metadata.deletionTimestamp !== undefined) return stop(pod, now)
      return isFinished(pod) || pod.spec.nodeName === undefined ? settled : report(pod, now)
    },
  }
}

const isFinished = (pod: Pod): boolean => pod.status?.phase === 'Succeeded' || pod.status?.phase === 'Failed'

const nodeOf = (pod: Pod) => ({ component: 'kubelet', host: pod.spec.nodeName ?? '' })

/** Pod addresses in order, from a /16 of the cluster's own; they come round again after 65,000 pods. */
function addresses(seed: number): () => string {
  let next = 0
  return () => {
    next = (next % 64_000) + 1
    return `10.${64 + (seed % 64)}.${Math.floor(next / 250)}.${(next % 250) + 2}`
  }
}
