import { resources } from '#api/resources.ts'
import type { Rollout } from '#api/rollout.ts'
import type { Clock, Dispose } from '#lib/clock.ts'
import type { SandboxStore } from '../store.ts'
import { demoApplications, imageOf } from './applications.ts'

/** A new version for one application in one cluster. */
export interface Release {
  readonly app: string
  /** Position of the cluster in the fleet. */
  readonly cluster: number
  readonly version: string
  /** Not before this moment of the story, and not before the application is Healthy. */
  readonly afterMs: number
}

const everywhere = (app: string, version: string, afterMs: number, staggerMs: number): readonly Release[] =>
  [0, 1, 2].map((cluster) => ({ app, cluster, version, afterMs: afterMs + cluster * staggerMs }))

/**
 * What happens in the demo: a canary goes through cluster after cluster, another waits to be promoted, a blue-green preview
 * waits for its turn, one version crashes. Of those that are measured, one has a burst of errors and is rolled back by its analysis,
 * one is neither good nor bad and waits for somebody, the others pass. Then the storefront keeps releasing.
 */
export const opening: readonly Release[] = [
  ...everywhere('checkout-api', '2.31.0', 3_000, 5_000),
  { app: 'payments-gw', cluster: 0, version: '5.2.0', afterMs: 8_000 },
  ...everywhere('search-index', '1.20.0', 12_000, 3_000),
  { app: 'media-encoder', cluster: 1, version: '3.2.0-crash', afterMs: 16_000 },
  { app: 'fraud-scoring', cluster: 0, version: '0.43.0-burst', afterMs: 20_000 },
  { app: 'notifications', cluster: 1, version: '2.9.0-flaky', afterMs: 22_000 },
  { app: 'cart', cluster: 2, version: '4.3.0', afterMs: 25_000 },
  { app: 'catalog', cluster: 0, version: '3.8.0', afterMs: 28_000 },
]

/** After the opening the storefront gets a version every round, cluster after cluster. */
const round = { app: 'storefront-web', firstMs: 45_000, everyMs: 180_000, staggerMs: 15_000 }

/** Starts the story. It changes images in specs, as a person with kubectl would, and nothing else. */
export function tellStory(clusters: readonly { readonly store: SandboxStore }[], clock: Clock): Dispose {
  const disposals = new Set<Dispose>()
  const later = (delayMs: number, task: () => void) => {
    const cancel = clock.after(delayMs, () => {
      disposals.delete(cancel)
      task()
    })
    disposals.add(cancel)
  }
  const make = (planned: Release) => {
    const store = clusters[planned.cluster]?.store
    if (store !== undefined) disposals.add(whenHealthy(store, planned.app, clock, () => release(store, planned)))
  }
  const nextRound = (number: number) => {
    for (const each of everywhere(round.app, `8.${15 + number}.0`, 0, round.staggerMs))
      later(each.afterMs, () => make(each))
    later(round.everyMs, () => nextRound(number + 1))
  }
  for (const each of opening) later(each.afterMs, () => make(each))
  later(round.firstMs, () => nextRound(0))
  return () => {
    for (const dispose of disposals) dispose()
    disposals.clear()
  }
}

const placeOf = (app: string) => ({
  namespace: demoApplications.find((each) => each.name === app)?.namespace ?? '',
  name: app,
})

/** Runs the task once, on a turn of its own, as soon as the Rollout is Healthy; store listeners must not write. */
function whenHealthy(store: SandboxStore, app: string, clock: Clock, task: () => void): Dispose {
  const at = placeOf(app)
  const isHealthy = () => (store.get(resources.rollouts, at) as Rollout | undefined)?.status?.phase === 'Healthy'
  let done: Dispose = () => undefined
  const check = () => {
    if (!isHealthy()) return
    done()
    done = clock.after(0, task)
  }
  done = store.onChange((change) => {
    if (change.object.kind === 'Rollout' && change.object.metadata.name === app) check()
  })
  check()
  return () => done()
}

/** `kubectl set image`, as seen by the store. A Rollout that somebody deleted meanwhile is left in peace. */
function release(store: SandboxStore, { app, version }: Release): void {
  store.mutate(resources.rollouts, placeOf(app), (rollout: Rollout) => {
    const { template } = rollout.spec
    const containers = (template?.spec?.containers ?? []).map((each) => ({ ...each, image: imageOf(app, version) }))
    return { ...rollout, spec: { ...rollout.spec, template: { ...template, spec: { ...template?.spec, containers } } } }
  })
}
