import { expect, it } from 'vitest'
import { resources } from '#api/resources.ts'
import type { Rollout, RolloutStatus } from '#api/rollout.ts'
import type { PatchWrite } from '#engine/decision.ts'
import { type Forecast, forecast } from '#engine/forecast/forecast.ts'
import type { RolloutWorld } from '#engine/world.ts'
import { createMergePatch } from '#lib/merge-patch.ts'
import { aPodTemplate } from '#test/support/builders/rollout.ts'
import { ControllerProcess } from './controller-process.ts'
import { Random } from './random.ts'
import { drawScenario } from './scenario.ts'
import { SimulatedCluster } from './simulated-cluster.ts'

/** Every delay of network and workloads is the shortest there is: nothing interferes. */
class Shortest extends Random {
  override fork(about: string): Random {
    return new Shortest(0, about)
  }

  override int(min: number): number {
    return min
  }
}

const rolloutsTried = 200
/** What a pod takes with the shortest delays: seen by its ReplicaSet, started, and seen again. */
const startMs = 310
const firstDeployMs = 60_000
const afterwardsMs = 20_000

interface Outcome {
  readonly foreseen: Forecast
  /** One line for each write that took effect. */
  readonly done: readonly string[]
}

/** A Rollout at rest gets a new image; what was foreseen at that moment, and what the real engine then did. */
async function updateOf(seed: number): Promise<Outcome> {
  const cluster = new SimulatedCluster(drawScenario(new Random(seed, 'forecast')), new Shortest(0))
  const process = new ControllerProcess('argosy-1', cluster, new Shortest(0))
  const advance = (ms: number) => cluster.time.advance(ms, () => false)
  await advance(firstDeployMs)
  const body = { spec: { template: aPodTemplate('web:2') } }
  cluster.api.patch(resources.rollouts, cluster.rollout.metadata, { type: 'merge', body }, 'operator')
  const now = cluster.time.now()
  const foreseen = forecast(worldOf(cluster), now, startMs)
  const done: string[] = []
  cluster.api.onChange(({ by, resource, type, before, object }) => {
    if (by !== process.name || resource === resources.leases) return
    const what = type === 'MODIFIED' ? createMergePatch(before, object) : type
    done.push(...lineOf(resource.kind, object.metadata.name, what))
  })
  await advance((foreseen.restsAt ?? now) - now + afterwardsMs)
  await process.cluster.stop()
  return { foreseen, done }
}

function worldOf({ state }: SimulatedCluster): RolloutWorld {
  const { rollout, replicaSets, pods, services } = state
  const byName = Object.fromEntries(services.map((service) => [service.metadata.name, service]))
  return { rollout, replicaSets, pods, services: byName, workload: undefined }
}

/** Events are left out: they only tell of the writes they follow. */
const linesOf = ({ writes }: Forecast): readonly string[] =>
  writes.flatMap(({ write }) => {
    if (write.kind === 'event') return []
    const what = { create: 'ADDED', delete: 'DELETED', evict: 'DELETED', update: 'MODIFIED', patch: undefined }[
      write.kind
    ]
    return lineOf(write.ref.resource.kind, write.ref.name, what ?? (write as PatchWrite).body)
  })

/** A change without its times and versions; of a status what is more than counts and words about counts. */
function lineOf(kind: string, name: string, change: unknown): readonly string[] {
  if (typeof change === 'string') return [`${kind} ${name} ${change}`]
  const { spec, status, metadata } = change as Partial<Rollout>
  const annotations = Object.keys(metadata?.annotations ?? {}).join(' ')
  const told = status === undefined ? `${JSON.stringify(spec) ?? ''} ${annotations}` : decisionsIn(status)
  return told.trim() === '' ? [] : [`${kind} ${name} ${told.trim()}`]
}

function decisionsIn({ currentStepIndex, currentPodHash, stableRS, pauseConditions, abort, blueGreen }: RolloutStatus) {
  const reasons = pauseConditions === null ? 'none' : pauseConditions?.map(({ reason }) => reason).join('+')
  const { activeSelector, previewSelector } = blueGreen ?? {}
  const told = { currentStepIndex, currentPodHash, stableRS, reasons, abort, activeSelector, previewSelector }
  return Object.entries(told)
    .filter(([, value]) => value !== undefined)
    .map(([name, value]) => `${name}=${value}`)
    .join(' ')
}

it(`foresees every write of ${rolloutsTried} updates, in order, when nothing interferes`, async () => {
  const differing: string[] = []
  let total = 0
  for (let seed = 1; seed <= rolloutsTried; seed++) {
    const { foreseen, done } = await updateOf(seed)
    const expected = linesOf(foreseen)
    total += done.length
    if (expected.join('\n') !== done.join('\n')) differing.push(`seed ${seed}\n${diff(expected, done)}`)
  }
  expect(differing).toEqual([])
  expect(total).toBeGreaterThan(rolloutsTried * 5)
}, 120_000)

const diff = (expected: readonly string[], actual: readonly string[]): string => {
  const at = expected.findIndex((line, index) => line !== actual[index])
  const from = Math.max(0, at < 0 ? expected.length - 1 : at - 1)
  return `  foreseen:\n${expected.slice(from, from + 4).join('\n')}\n  done:\n${actual.slice(from, from + 4).join('\n')}`
}
