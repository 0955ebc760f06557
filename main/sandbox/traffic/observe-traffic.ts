import type { Pod, Service } from '#api/core.ts'
import { labels } from '#api/keys.ts'
import { resources } from '#api/resources.ts'
import type { Rollout } from '#api/rollout.ts'
import type { EpochMs } from '#lib/clock.ts'
import { type Controller, settled } from '../controllers/controller.ts'
import { behaviourOf, tagOf } from '../controllers/image-behaviour.ts'
import type { ObjectIndex } from '../controllers/object-index.ts'
import { atOf, isOf, keyOf, type ObjectKey } from '../controllers/object-key.ts'
import { isReady } from '../controllers/pod-life.ts'
import { between } from '../seeded.ts'
import type { SandboxStore, StoreChange } from '../store.ts'
import { conductOf } from './conduct.ts'
import { type Demand, type Flow, TrafficLog } from './traffic-log.ts'

/** On a Service or Rollout: the traffic it gets, instead of a seeded amount. */
export const requestsAnnotation = 'sandbox.argosy.dev/requests-per-second'

/** What a preview gets from the people who try it out. */
const previewShare = 0.02
/** Traffic that flows in the first minute of a cluster is taken to have flowed for this long. */
const assumedPastMs = 6 * 3_600_000
const firstMinuteMs = 60_000

/** The log of each Service, by its key; what the metrics are made of. */
export type Traffic = Map<ObjectKey, TrafficLog>

/** Follows Services, their ready pods and the weights of Rollouts, and records each change of the split. Writes no object. */
export function trafficObserver(store: SandboxStore, index: ObjectIndex, traffic: Traffic, seed: number): Controller {
  const startedAt = store.clock.now()
  const rolloutOf = new Map<ObjectKey, ObjectKey>()

  const followRollout = (change: StoreChange): readonly ObjectKey[] => {
    const rollout = change.object as Rollout
    const before = change.previous === undefined ? [] : servicesOf(change.previous as Rollout)
    for (const key of before) rolloutOf.delete(key)
    if (change.type !== 'DELETED') for (const key of servicesOf(rollout)) rolloutOf.set(key, keyOf(rollout))
    return [...before, ...servicesOf(rollout)]
  }

  return {
    name: 'traffic',
    wakes(change) {
      if (isOf(change, resources.services)) return [keyOf(change.object)]
      if (isOf(change, resources.rollouts)) return followRollout(change)
      return isOf(change, resources.pods) ? index.servicesSelecting(change.object).map(keyOf) : []
    },
    reconcile(key, now) {
      const service = store.get(resources.services, atOf(key)) as Service | undefined
      const rolloutKey = rolloutOf.get(key)
      const rollout =
        rolloutKey === undefined ? undefined : (store.get(resources.rollouts, atOf(rolloutKey)) as Rollout)
      const flows = service === undefined ? [] : flowsOf(service, rollout, index)
      const known = traffic.get(key)
      if (known === undefined && (service === undefined || flows.length === 0)) return settled
      const log = known ?? new TrafficLog(demandOf(key, service, rollout, seed), seed)
      traffic.set(key, log)
      log.record(flows, known === undefined ? beginning(startedAt, now) : now)
      if (service === undefined) traffic.delete(key)
      return settled
    },
  }
}

const beginning = (startedAt: EpochMs, now: EpochMs): EpochMs =>
  now - startedAt < firstMinuteMs ? startedAt - assumedPastMs : now

function servicesOf(rollout: Rollout): readonly ObjectKey[] {
  const { canary, blueGreen } = rollout.spec.strategy ?? {}
  const names = [canary?.stableService, canary?.canaryService, blueGreen?.activeService, blueGreen?.previewService]
  return names.flatMap((name) => (name === undefined ? [] : [`${rollout.metadata.namespace ?? ''}/${name}`]))
}

function demandOf(key: ObjectKey, service: Service | undefined, rollout: Rollout | undefined, seed: number): Demand {
  const app = rollout?.metadata.name ?? key.slice(key.indexOf('/') + 1)
  const said =
    rollout?.metadata.annotations?.[requestsAnnotation] ?? service?.metadata.annotations?.[requestsAnnotation]
  const rate = Number(said ?? Number.NaN)
  return {
    app,
    requestsPerSecond: Number.isFinite(rate) && rate >= 0 ? rate : between(20, 200, seed, 'rate', app),
    latencySeconds: between(0.03, 0.12, seed, 'latency', app),
  }
}

/** Ready pods behind the Service by version, scaled by the part of the application's traffic that the Service gets. */
function flowsOf(service: Service, rollout: Rollout | undefined, index: ObjectIndex): readonly Flow[] {
  const selector = service.spec?.selector ?? {}
  const ready = index
    .pods(service.metadata.namespace ?? '', { matchLabels: selector })
    .filter((pod) => isReady(pod) && pod.metadata.deletionTimestamp === undefined)
  const part = partOf(service.metadata.name, rollout)
  if (part === 0) return []
  return [...Map.groupBy(ready, hashOf)]
    .toSorted(([a], [b]) => (a < b ? -1 : 1))
    .map(([hash, pods]) => {
      const image = pods[0]?.spec.containers[0]?.image ?? ''
      const share = (part * pods.length) / ready.length
      return { hash, version: tagOf(image), share, conduct: conductOf(behaviourOf(image)) }
    })
}

const hashOf = (pod: Pod): string =>
  pod.metadata.labels?.[labels.podTemplateHash] ?? pod.metadata.labels?.['pod-template-hash'] ?? ''

/** With a router its weights decide between the Services; without one each gets everything. */
function partOf(service: string, rollout: Rollout | undefined): number {
  if (rollout === undefined) return 1
  const { canary, blueGreen } = rollout.spec.strategy ?? {}
  if (service === blueGreen?.previewService && service !== blueGreen.activeService) return previewShare
  if (canary?.trafficRouting === undefined) return 1
  const { canary: toCanary, stable: toStable } = weightsOf(rollout, canary.trafficRouting.maxTrafficWeight ?? 100)
  if (service === canary.canaryService) return toCanary
  return service === canary.stableService ? toStable : 1
}

/** As the Rollout's status tells, of 1; the stable version gets everything before it does. */
function weightsOf({ status }: Rollout, total: number): { readonly canary: number; readonly stable: number } {
  const weights = status?.canary?.weights
  if (weights === undefined) return { canary: 0, stable: 1 }
  return { canary: weights.canary.weight / total, stable: weights.stable.weight / total }
}
