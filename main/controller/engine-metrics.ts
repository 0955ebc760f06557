import type { Rollout } from '#api/rollout.ts'
import type { CachedKinds, Cluster } from '#main/cluster/cluster.ts'
import { isInScope } from './driven-queue.ts'
import type { Engine } from './engine.ts'
import type { NotifiedCount } from './notification-counts.ts'

/** One cluster of a process that drives. */
export interface MeasuredEngine {
  readonly engine: Pick<Engine, 'context' | 'mode' | 'stats' | 'notified'>
  readonly cluster: Pick<Cluster, 'cache'>
  readonly instanceID: string | undefined
}

type Labels = Readonly<Record<string, string>>
type Sample = readonly [labels: Labels, value: number]

interface Metric {
  readonly name: string
  readonly type: 'gauge' | 'counter'
  readonly help: string
  readonly samples: readonly Sample[]
}

/**
 * What Prometheus asks for, in its text format. Names and labels are the reference's, with `cluster` beside them (OPS-120, OPS-124, OPS-126, OPS-127,
 * OPS-129, OPS-130, OPS-137). Objects are told of by the engine that drives them alone, so that of several replicas one counts them; those
 * of an object end with it.
 */
export function engineMetrics(
  engines: readonly MeasuredEngine[],
  version: string,
  ofProcess: readonly Metric[] = processMetrics(),
): string {
  const driving = engines.filter(({ engine }) => engine.mode === 'driven')
  const rollouts = driving.flatMap((each) => objectsOf(each, 'rollouts', (rollout, labels) => ({ rollout, labels })))
  const sizes = (name: string, help: string, size: (rollout: Rollout) => number): Metric =>
    gauge(
      `rollout_info_replicas_${name}`,
      help,
      rollouts.map(({ rollout, labels }) => [labels, size(rollout)]),
    )
  return [
    gauge(
      'argo_rollouts_controller_info',
      'The version of Argosy that runs the engine.',
      engines.map(({ engine }) => [{ cluster: engine.context, version }, 1]),
    ),
    gauge(
      'rollout_info',
      'Rollouts that are driven.',
      rollouts.map(({ rollout, labels }) => [{ ...labels, ...infoOf(rollout) }, 1]),
    ),
    sizes('desired', 'Pods that a Rollout should have.', ({ spec }) => spec.replicas ?? 1),
    sizes('available', 'Pods of a Rollout that are available.', ({ status }) => status?.availableReplicas ?? 0),
    sizes(
      'unavailable',
      'Pods of a Rollout that are not available.',
      ({ status }) => (status?.replicas ?? 0) - (status?.availableReplicas ?? 0),
    ),
    sizes('updated', 'Pods of a Rollout in its newest version.', ({ status }) => status?.updatedReplicas ?? 0),
    gauge(
      'analysis_run_info',
      'AnalysisRuns that are driven.',
      driving.flatMap((each) =>
        objectsOf(
          each,
          'analysisRuns',
          ({ status }, labels) => [{ ...labels, phase: status?.phase ?? '' }, 1] as const,
        ),
      ),
    ),
    gauge(
      'experiment_info',
      'Experiments that are driven.',
      driving.flatMap((each) =>
        objectsOf(each, 'experiments', ({ status }, labels) => [{ ...labels, phase: status?.phase ?? '' }, 1] as const),
      ),
    ),
    notifications('success', 'Notifications of Events that were sent.', driving, ({ sent }) => sent),
    notifications('error', 'Notifications of Events that could not be sent.', driving, ({ failed }) => failed),
    gauge(
      'workqueue_depth',
      'Rollouts that wait for a round, or are in one.',
      engines.map(({ engine }) => [{ cluster: engine.context, name: 'rollouts' }, engine.stats.queued]),
    ),
    ...ofProcess,
  ]
    .map(inText)
    .join('')
}

function objectsOf<K extends 'rollouts' | 'analysisRuns' | 'experiments', T>(
  { cluster, engine, instanceID }: MeasuredEngine,
  kind: K,
  tell: (object: CachedKinds[K], labels: Labels) => T,
): readonly T[] {
  return [...cluster.cache(kind).values()]
    .filter((object) => isInScope(object, instanceID))
    .map((object) => {
      const { namespace = '', name } = object.metadata
      return tell(object, { cluster: engine.context, namespace, name })
    })
}

const notifiedKinds = ['rollouts', 'analysisRuns', 'experiments'] as const

/** Of objects that are still there. */
function notifications(
  name: string,
  help: string,
  engines: readonly MeasuredEngine[],
  countOf: (each: NotifiedCount) => number,
): Metric {
  const samples = engines.flatMap(({ engine, cluster }) => {
    const isThere = (key: string) => notifiedKinds.some((kind) => cluster.cache(kind).get(key) !== undefined)
    return engine.notified
      .filter((each) => countOf(each) > 0 && isThere(`${each.namespace}/${each.name}`))
      .map((each): Sample => {
        const { namespace, name: object, type, reason } = each
        return [{ cluster: engine.context, namespace, name: object, type, reason }, countOf(each)]
      })
  })
  return { name: `notification_send_${name}`, type: 'counter', help, samples }
}

const gauge = (name: string, help: string, samples: readonly Sample[]): Metric => ({
  name,
  type: 'gauge',
  help,
  samples,
})

/** Those that have a label of their own; of several the last one named here. */
const routers = [
  ['alb', 'ALB'],
  ['ambassador', 'Ambassador'],
  ['istio', 'Istio'],
  ['nginx', 'Nginx'],
  ['smi', 'SMI'],
  ['appMesh', 'AppMesh'],
] as const

function infoOf({ spec, status }: Rollout): Labels {
  const { canary, blueGreen } = spec.strategy ?? {}
  const routing = canary?.trafficRouting
  return {
    strategy: blueGreen !== undefined ? 'blueGreen' : canary !== undefined ? 'canary' : 'none',
    traffic_router: routers.findLast(([key]) => routing?.[key] !== undefined)?.[1] ?? '',
    phase: phaseLabel(status),
  }
}

/** By the reason of the condition Progressing: other words than those of `status.phase` (OPS-136). */
const phases: Readonly<Record<string, string>> = {
  NewReplicaSetAvailable: 'Completed',
  RolloutPaused: 'Paused',
  ReplicaSetCreateError: 'Error',
  ProgressDeadlineExceeded: 'Timeout',
  RolloutAborted: 'Abort',
}

function phaseLabel(status: Rollout['status']): string {
  const conditions = status?.conditions ?? []
  if (conditions.some(({ type }) => type === 'InvalidSpec')) return 'InvalidSpec'
  const reason = conditions.find(({ type }) => type === 'Progressing')?.reason ?? ''
  return phases[reason] ?? 'Progressing'
}

/** Under the names that every Prometheus client gives them. */
function processMetrics(): readonly Metric[] {
  const { user, system } = process.cpuUsage()
  const startedAt = performance.timeOrigin / 1000
  return [
    {
      name: 'process_cpu_seconds_total',
      type: 'counter',
      help: 'Processor time of the process.',
      samples: [[{}, (user + system) / 1e6]],
    },
    gauge('process_resident_memory_bytes', 'Memory of the process.', [[{}, process.memoryUsage.rss()]]),
    gauge('process_start_time_seconds', 'When the process began.', [[{}, startedAt]]),
  ]
}

const inText = ({ name, type, help, samples }: Metric): string =>
  samples.length === 0
    ? ''
    : `# HELP ${name} ${help}\n# TYPE ${name} ${type}\n${samples.map(([labels, value]) => `${name}${labelText(labels)} ${value}\n`).join('')}`

function labelText(labels: Labels): string {
  const pairs = Object.entries(labels).map(([name, value]) => `${name}="${escaped(value)}"`)
  return pairs.length === 0 ? '' : `{${pairs.join(',')}}`
}

const escaped = (value: string): string => value.replaceAll('\\', '\\\\').replaceAll('"', '\\"').replaceAll('\n', '\\n')
