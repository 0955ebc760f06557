import { expect, it } from 'vitest'
import type { KubeObject } from '#api/meta.ts'
import type { Rollout, RolloutCondition } from '#api/rollout.ts'
import type { EngineMode } from '#contract/views.ts'
import type { Cache, CachedKinds } from '#main/cluster/cluster.ts'
import { engineMetrics, type MeasuredEngine } from '#main/controller/engine-metrics.ts'
import { aRollout } from '#test/support/builders/rollout.ts'

interface Seen {
  readonly rollouts?: readonly Rollout[]
  readonly analysisRuns?: readonly KubeObject[]
  readonly experiments?: readonly KubeObject[]
  readonly notified?: MeasuredEngine['engine']['notified']
}

const find = (objects: readonly unknown[], key: string) =>
  (objects as readonly KubeObject[]).find(({ metadata }) => `${metadata.namespace}/${metadata.name}` === key)

function anEngine(mode: EngineMode, seen: Seen, context = 'north'): MeasuredEngine {
  const values = (kind: keyof CachedKinds) => Object.entries(seen).find(([key]) => key === kind)?.[1] ?? []
  return {
    engine: {
      context,
      mode,
      stats: { reconciles: 9, writes: 4, failures: 1, queued: 3 },
      notified: seen.notified ?? [],
    },
    cluster: {
      cache: (kind) => ({ values: () => values(kind), get: (key: string) => find(values(kind), key) }) as Cache<never>,
    },
    instanceID: undefined,
  }
}

/** Lines of a metric, without the comments. */
const linesOf = (text: string, name: string) => text.split('\n').filter((line) => line.startsWith(`${name}{`))
const measured = (...engines: readonly MeasuredEngine[]) => engineMetrics(engines, '1.2.3', [])

const at = '2026-01-15T10:00:00Z'
const condition = (type: RolloutCondition['type'], reason: string) =>
  ({ type, reason, status: 'True', message: '', lastUpdateTime: at, lastTransitionTime: at }) as const

const withConditions = (
  ...conditions: readonly (readonly [type: RolloutCondition['type'], reason: string])[]
): Rollout => ({
  ...aRollout({ image: 'web:1' }),
  status: { conditions: conditions.map(([type, reason]) => condition(type, reason)) },
})

it('OPS-120, OPS-137: tells each Rollout with its strategy, router and phase, and its pods', () => {
  const rollout = aRollout({ image: 'web:1' })
  const { metadata, spec } = rollout
  const shop: Rollout = {
    ...rollout,
    metadata: { ...metadata, name: 'shop', namespace: 'apps' },
    spec: { ...spec, replicas: 5, strategy: { canary: { trafficRouting: { alb: {}, istio: {} } } } },
    status: {
      replicas: 6,
      availableReplicas: 4,
      updatedReplicas: 2,
      conditions: [condition('Progressing', 'RolloutPaused')],
    },
  }
  const text = measured(anEngine('driven', { rollouts: [shop] }))
  const labels = 'cluster="north",namespace="apps",name="shop"'
  expect(text).toContain('# TYPE rollout_info gauge\n')
  expect(linesOf(text, 'rollout_info')).toEqual([
    `rollout_info{${labels},strategy="canary",traffic_router="Istio",phase="Paused"} 1`,
  ])
  const sizes = ['desired', 'available', 'unavailable', 'updated'].map((each) => `rollout_info_replicas_${each}`)
  expect(sizes.flatMap((name) => linesOf(text, name))).toEqual(
    [5, 4, 2, 2].map((size, index) => `${sizes[index]}{${labels}} ${size}`),
  )
})

it.each([
  ['InvalidSpec', withConditions(['InvalidSpec', 'InvalidSpec'], ['Progressing', 'NewReplicaSetAvailable'])],
  ['Completed', withConditions(['Progressing', 'NewReplicaSetAvailable'])],
  ['Paused', withConditions(['Progressing', 'RolloutPaused'])],
  ['Error', withConditions(['Progressing', 'ReplicaSetCreateError'])],
  ['Timeout', withConditions(['Progressing', 'ProgressDeadlineExceeded'])],
  ['Abort', withConditions(['Progressing', 'RolloutAborted'])],
  ['Progressing', withConditions(['Progressing', 'ReplicaSetUpdated'])],
  ['Progressing', withConditions()],
])('OPS-136: the phase %s is by the reason of its progress', (phase, rollout) => {
  expect(linesOf(measured(anEngine('driven', { rollouts: [rollout] })), 'rollout_info')[0]).toContain(
    `phase="${phase}"`,
  )
})

it('OPS-124, OPS-126: tells runs and Experiments with their phase, as it is written', () => {
  const object = (name: string, phase?: string) => ({
    apiVersion: 'argoproj.io/v1alpha1',
    kind: 'Any',
    metadata: { namespace: 'apps', name },
    status: { phase },
  })
  const text = measured(
    anEngine('driven', { analysisRuns: [object('a', 'Failed'), object('b')], experiments: [object('e', 'Running')] }),
  )
  expect(linesOf(text, 'analysis_run_info')).toEqual([
    'analysis_run_info{cluster="north",namespace="apps",name="a",phase="Failed"} 1',
    'analysis_run_info{cluster="north",namespace="apps",name="b",phase=""} 1',
  ])
  expect(linesOf(text, 'experiment_info')).toEqual([
    'experiment_info{cluster="north",namespace="apps",name="e",phase="Running"} 1',
  ])
})

it('OPS-34, OPS-50: of several engines the one that drives tells of objects, and of those in its scope', () => {
  const rollout = aRollout({ image: 'web:1' })
  const labels = { 'argo-rollouts.argoproj.io/controller-instance-id': 'blue' }
  const foreign = { ...rollout, metadata: { ...rollout.metadata, labels, name: 'foreign' } }
  const waiting = measured(anEngine('inCluster', { rollouts: [rollout] }))
  expect(linesOf(waiting, 'rollout_info')).toEqual([])
  const driving = measured(anEngine('driven', { rollouts: [rollout, foreign] }), anEngine('unknown', {}, 'south'))
  expect(linesOf(driving, 'rollout_info')).toHaveLength(1)
  expect(linesOf(driving, 'argo_rollouts_controller_info')).toEqual([
    'argo_rollouts_controller_info{cluster="north",version="1.2.3"} 1',
    'argo_rollouts_controller_info{cluster="south",version="1.2.3"} 1',
  ])
  expect(linesOf(driving, 'workqueue_depth')[0]).toBe('workqueue_depth{cluster="north",name="rollouts"} 3')
})

it('OPS-127: tells how often Events told somebody, and could not, as long as their object is there', () => {
  const { namespace = '', name } = aRollout().metadata
  const event = { namespace, name, type: 'Normal', reason: 'RolloutPaused' } as const
  const notified = [
    { ...event, sent: 2, failed: 1 },
    { ...event, reason: 'RolloutCompleted', sent: 1, failed: 0 },
    { ...event, name: 'gone', sent: 3, failed: 3 },
  ]
  const text = measured(anEngine('driven', { rollouts: [aRollout()], notified }))
  const labels = (reason: string) =>
    `{cluster="north",namespace="${namespace}",name="${name}",type="Normal",reason="${reason}"}`
  expect(linesOf(text, 'notification_send_success')).toEqual([
    `notification_send_success${labels('RolloutPaused')} 2`,
    `notification_send_success${labels('RolloutCompleted')} 1`,
  ])
  expect(linesOf(text, 'notification_send_error')).toEqual([`notification_send_error${labels('RolloutPaused')} 1`])
})

it('a context of any name stays one label', () => {
  const text = measured(anEngine('driven', {}, 'a"b\\c\nd'))
  expect(linesOf(text, 'argo_rollouts_controller_info')).toEqual([
    'argo_rollouts_controller_info{cluster="a\\"b\\\\c\\nd",version="1.2.3"} 1',
  ])
})

it('OPS-130: tells of its own process', () => {
  const text = engineMetrics([], '1.2.3')
  const valueOf = (name: string) => Number(new RegExp(`^${name} (.+)$`, 'm').exec(text)?.[1])
  expect(valueOf('process_resident_memory_bytes')).toBeGreaterThan(10_000_000)
  expect(valueOf('process_cpu_seconds_total')).toBeGreaterThan(0)
  expect(valueOf('process_start_time_seconds')).toBeGreaterThan(1.7e9)
  expect(text).toContain('# TYPE process_cpu_seconds_total counter')
})
