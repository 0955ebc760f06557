import type { AnalysisRun, MetricResult } from '#api/analysis.ts'
import type { Deployment, ReplicaSet } from '#api/apps.ts'
import type { Event, Service } from '#api/core.ts'
import { annotations, labels } from '#api/keys.ts'
import type { KubeObject } from '#api/meta.ts'
import type { Rollout } from '#api/rollout.ts'

export const subject = 'shop'

/**
 * What can be seen of the Rollout at one moment, in words. Hashes are told as image tags.
 *
 * phase, message  as stored
 * step            `1/3`; absent without steps
 * sizes           ReplicaSets that are not at 0, oldest first: `1×4 2×1`
 * up              the same with available pods before the size: `1:4/4 2:0/1`
 * stable, current, active, preview   tags of the hashes in the status
 * svc NAME        the tag that a Service selects, `all` when it selects no hash
 * deploy NAME     the size of a Deployment
 * revisions       `1:1 2:2`, tag and revision of each ReplicaSet
 * delayed         tags of ReplicaSets with a scale-down deadline
 * abort, promoteFull, controllerPause, pauses, collisions, scale   as in the status
 * restart         `pending` or `done`, once one was asked for
 * if TYPE         status and reason of a condition
 * run NAME        phase of an AnalysisRun; once it is over also what was counted, and its message. `2-1` is that of revision 2 at step
 *                 1, `2` its background, `2-pre` and `2-post` those around a cut-over, `2-1.1` one that measured anew
 */
export type State = Readonly<Record<string, string>>

export function stateOf(objects: readonly KubeObject[]): State {
  const all = <T extends KubeObject>(kind: T['kind']) => objects.filter((each): each is T => each.kind === kind)
  const replicaSets = all<ReplicaSet>('ReplicaSet')
    .filter(({ metadata }) => metadata.labels?.[labels.podTemplateHash] !== undefined)
    .toSorted(byAge)
  const tagOf = (hash: string | undefined): string =>
    hash === undefined || hash === ''
      ? ''
      : tagIn(replicaSets.find(({ metadata }) => metadata.labels?.[labels.podTemplateHash] === hash))
  const rollout = all<Rollout>('Rollout').find(({ metadata }) => metadata.name === subject)
  const facts: Record<string, string> = {
    ...(rollout === undefined ? {} : ofRollout(rollout, tagOf)),
    ...ofReplicaSets(replicaSets),
  }
  for (const { metadata, spec } of all<Service>('Service')) {
    const hash = spec?.selector?.[labels.podTemplateHash]
    facts[`svc ${metadata.name}`] = hash === undefined ? 'all' : tagOf(hash)
  }
  for (const { metadata, spec } of all<Deployment>('Deployment')) facts[`deploy ${metadata.name}`] = `${spec.replicas}`
  for (const run of all<AnalysisRun>('AnalysisRun')) facts[`run ${shortName(run)}`] = runWords(run)
  return Object.fromEntries(Object.entries(facts).filter(([, value]) => value !== ''))
}

const byAge = (a: KubeObject, b: KubeObject): number =>
  (a.metadata.creationTimestamp ?? '').localeCompare(b.metadata.creationTimestamp ?? '') ||
  a.metadata.name.localeCompare(b.metadata.name)

const tagIn = (replicaSet: ReplicaSet | undefined): string =>
  replicaSet?.spec.template.spec?.containers[0]?.image?.split(':').at(-1) ?? '?'

function ofReplicaSets(replicaSets: readonly ReplicaSet[]): State {
  const size = ({ spec }: ReplicaSet) => spec.replicas ?? 1
  const available = ({ status }: ReplicaSet) => status?.availableReplicas ?? 0
  const words = (of: readonly ReplicaSet[], word: (rs: ReplicaSet) => string) =>
    of.map((rs) => `${tagIn(rs)}${word(rs)}`).join(' ')
  const sized = replicaSets.filter((rs) => size(rs) > 0)
  const existing = replicaSets.filter((rs) => size(rs) > 0 || (rs.status?.replicas ?? 0) > 0)
  return {
    sizes: words(sized, (rs) => `×${size(rs)}`),
    up: words(existing, (rs) => `:${available(rs)}/${size(rs)}`),
    revisions: words(replicaSets, (rs) => `:${rs.metadata.annotations?.[annotations.revision] ?? ''}`),
    delayed: words(
      replicaSets.filter((rs) => rs.metadata.annotations?.[annotations.scaleDownDeadline] !== undefined),
      () => '',
    ),
  }
}

function ofRollout({ spec, status = {} }: Rollout, tagOf: (hash: string | undefined) => string): State {
  const steps = spec.strategy?.canary?.steps ?? []
  return {
    phase: text(status.phase),
    message: text(status.message),
    step: status.currentStepIndex === undefined ? '' : `${status.currentStepIndex}/${steps.length}`,
    current: tagOf(status.currentPodHash),
    stable: tagOf(status.stableRS),
    active: tagOf(status.blueGreen?.activeSelector),
    preview: tagOf(status.blueGreen?.previewSelector),
    abort: yes(status.abort),
    promoteFull: yes(status.promoteFull),
    controllerPause: yes(status.controllerPause),
    pauses: (status.pauseConditions ?? []).map(({ reason }) => reason).join(' '),
    collisions: text(status.collisionCount),
    scale: text(status.HPAReplicas),
    restart: spec.restartAt === undefined ? '' : spec.restartAt === status.restartedAt ? 'done' : 'pending',
    ...Object.fromEntries(
      (status.conditions ?? []).map((each) => [`if ${each.type}`, `${each.status} ${each.reason}`]),
    ),
  }
}

const shortName = ({ metadata }: AnalysisRun): string =>
  metadata.name.replace(`${subject}-${metadata.labels?.[labels.podTemplateHash]}-`, '')

function runWords({ status = {} }: AnalysisRun): string {
  const { phase, message, metricResults = [] } = status
  if (phase === undefined || phase === 'Pending' || phase === 'Running') return text(phase)
  return [phase, ...metricResults.map(countsOf), message].filter((each) => each !== undefined && each !== '').join('; ')
}

const countsOf = (result: MetricResult): string => {
  const kinds = ['successful', 'failed', 'inconclusive', 'error'] as const
  const counts = kinds.flatMap((kind) => (result[kind] === undefined ? [] : [`${result[kind]} ${kind}`]))
  return [result.name, ...(result.dryRun === true ? ['(dry run)'] : []), ...counts].join(' ')
}

const text = (value: string | number | undefined): string => `${value ?? ''}`
const yes = (flag: boolean | undefined): string => (flag === true ? 'yes' : '')

/** Of an Event about the Rollout: its reason. */
export function reasonOf(object: KubeObject): string | undefined {
  if (object.kind !== 'Event') return undefined
  const { involvedObject, reason } = object as Event
  return involvedObject?.kind === 'Rollout' && involvedObject.name === subject ? reason : undefined
}

/** Pods of all ReplicaSets, from `up`. */
export function podsIn(state: State, what: 'available' | 'pods'): number {
  const pairs = (state['up'] ?? '').matchAll(/:(\d+)\/(\d+)/g)
  return [...pairs].reduce((sum, [, available, size]) => sum + Number(what === 'available' ? available : size), 0)
}

/** Whether all of `look` is so; `''` asks for what is absent. */
export const looks = (state: State, look: Readonly<Record<string, string | RegExp>>): boolean =>
  Object.entries(look).every(([key, wanted]) => {
    const value = state[key] ?? ''
    return typeof wanted === 'string' ? value === wanted : wanted.test(value)
  })
