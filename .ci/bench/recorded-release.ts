import type { KubeObject } from '#api/meta.ts'
import type { Decision } from '#engine/decision.ts'
import type { RolloutWorld } from '#engine/world.ts'
import { aRollout, pause, setWeight } from '#test/support/builders/rollout.ts'
import { aPod } from '#test/support/builders/service.ts'
import { aWorld } from '#test/support/builders/world.ts'
import { RolloutJourney } from '#test/support/rollout-journey.ts'
import { T0 } from '#test/support/virtual-clock.ts'

/** One version of one object, so many ms after the release began. */
export interface SeenVersion {
  readonly afterMs: number
  readonly kind: string
  readonly object: KubeObject
  readonly isGone: boolean
}

class WitnessedJourney extends RolloutJourney {
  readonly frames: { readonly at: number; readonly world: RolloutWorld; readonly decision: Decision }[] = []

  protected override apply(decision: Decision): RolloutWorld {
    const world = super.apply(decision)
    this.frames.push({ at: this.now, world, decision })
    return world
  }
}

const measurements = 12

/**
 * What a watch shows of one release through five steps with two timed pauses and an analysis: the Rollout, its two ReplicaSets, ten pods of each
 * revision, the AnalysisRun and the events.
 */
export function aRelease(): readonly SeenVersion[] {
  const steps = [setWeight(20), pause('5m'), setWeight(50), pause('5m'), setWeight(80)]
  const journey = new WitnessedJourney(aWorld({ rollout: aRollout({ image: 'web:1', replicas: 10, steps }) })).settle()
  journey.frames.length = 0
  const begin = journey.now
  journey.setImage('web:2').settle()
  for (let round = 0; round < 20 && journey.phase !== 'Healthy'; round++) journey.pass(60)
  const seen: SeenVersion[] = []
  const known = new Map<string, string>()
  const pods = new Map<string, KubeObject>()
  const see = (afterMs: number, kind: string, object: KubeObject) => {
    const text = JSON.stringify(object)
    if (known.get(`${kind} ${object.metadata.name}`) === text) return
    known.set(`${kind} ${object.metadata.name}`, text)
    seen.push({ afterMs, kind, object, isGone: false })
  }
  journey.frames.forEach(({ at, world, decision }, index) => {
    // Rounds of one moment come one after the other.
    const afterMs = at - begin + index * 200
    see(afterMs, 'rollouts', world.rollout)
    for (const rs of world.replicaSets) see(afterMs, 'replicaSets', rs)
    const there = world.replicaSets.flatMap((rs) =>
      Array.from({ length: rs.spec.replicas ?? 0 }, (_, each) => aPod(rs, each)),
    )
    for (const pod of there) {
      if (!pods.has(pod.metadata.name)) seen.push(...podStarts(pod, afterMs))
      pods.set(pod.metadata.name, pod)
    }
    for (const [name, object] of pods)
      if (!there.some(({ metadata }) => metadata.name === name)) {
        pods.delete(name)
        seen.push({ afterMs, kind: 'pods', object, isGone: true })
      }
    for (const write of decision.writes) if (write.kind === 'event') see(afterMs, 'events', anEvent(write, seen.length))
  })
  const owner = {
    apiVersion: 'argoproj.io/v1alpha1',
    kind: 'Rollout',
    name: 'web',
    uid: journey.world.rollout.metadata.uid ?? '',
    controller: true,
  }
  for (let count = 0; count <= measurements; count++)
    seen.push({
      afterMs: 60_000 + count * 30_000,
      kind: 'analysisRuns',
      object: anAnalysisRun(count, owner),
      isGone: false,
    })
  return seen.toSorted((a, b) => a.afterMs - b.afterMs)
}

function podStarts(pod: KubeObject, afterMs: number): readonly SeenVersion[] {
  const status = (phase: string, ready: string) => ({
    ...pod,
    status: {
      phase,
      conditions: [{ type: 'Ready', status: ready, lastTransitionTime: new Date(T0 + afterMs).toISOString() }],
      containerStatuses: [{ name: 'web', ready: ready === 'True', restartCount: 0, state: { running: {} } }],
    },
  })
  return [
    { afterMs, kind: 'pods', object: { ...pod, status: { phase: 'Pending' } } as KubeObject, isGone: false },
    { afterMs: afterMs + 500, kind: 'pods', object: status('Pending', 'False'), isGone: false },
    { afterMs: afterMs + 1500, kind: 'pods', object: status('Running', 'False'), isGone: false },
    { afterMs: afterMs + 4000, kind: 'pods', object: status('Running', 'True'), isGone: false },
  ]
}

const anEvent = (
  { reason, message }: { readonly reason: string; readonly message: string },
  index: number,
): KubeObject =>
  ({
    apiVersion: 'v1',
    kind: 'Event',
    metadata: { namespace: 'shop', name: `web.${index}`, uid: `event-${index}` },
    involvedObject: { kind: 'Rollout', namespace: 'shop', name: 'web', uid: 'uid-web' },
    reason,
    message,
    type: 'Normal',
    count: 1,
  }) as KubeObject

function anAnalysisRun(count: number, owner: object): KubeObject {
  const at = (index: number) => new Date(T0 + 60_000 + index * 30_000).toISOString()
  const measured = Array.from({ length: count }, (_, index) => ({
    phase: 'Successful',
    value: `[${(0.99 + index / 1e4).toFixed(4)}]`,
    startedAt: at(index),
    finishedAt: at(index),
  }))
  return {
    apiVersion: 'argoproj.io/v1alpha1',
    kind: 'AnalysisRun',
    metadata: { namespace: 'shop', name: 'web-2', uid: 'uid-run', ownerReferences: [owner] },
    spec: {
      metrics: [
        {
          name: 'success-rate',
          interval: '30s',
          count: measurements,
          successCondition: 'result[0] >= 0.95',
          provider: {
            prometheus: { address: 'http://prometheus:9090', query: 'sum(rate(http_requests_total{app="web"}[2m]))' },
          },
        },
      ],
    },
    status: {
      phase: count < measurements ? 'Running' : 'Successful',
      metricResults: [
        { name: 'success-rate', phase: 'Running', count, successful: count, measurements: measured.slice(-10) },
      ],
    },
  } as KubeObject
}
