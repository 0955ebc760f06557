import type { AnalysisPhase, AnalysisRun } from '#api/analysis.ts'
import type { ReplicaSet } from '#api/apps.ts'
import { annotations } from '#api/keys.ts'
import type { ManagedFields } from '#api/meta.ts'
import type { Rollout, RolloutCondition } from '#api/rollout.ts'
import type { HistoryMomentView } from '#contract/views.ts'
import { createdAt, oldestFirst, podHashOf, revisionOf } from '#engine/rollout/replica-set/facts.ts'
import type { EpochMs } from '#lib/clock.ts'
import { parseInteger } from '#lib/int-or-string.ts'
import { redactText } from '#lib/redact-text.ts'
import { parseTime } from '#lib/rfc3339.ts'

/** What a cluster still holds of the past of a Rollout. */
export interface Remains {
  readonly rollout: Rollout
  readonly replicaSets: readonly ReplicaSet[]
  /** Empty where they are not read yet. */
  readonly analysisRuns: readonly AnalysisRun[]
  /** Who wrote the Rollout, and when (`managedFields`). */
  readonly writers: readonly Pick<ManagedFields, 'manager' | 'subresource' | 'time'>[]
  readonly versionOf: (rs: ReplicaSet) => string | undefined
}

/** What a revision is of. */
export interface ToldRevision {
  readonly podHash: string
  readonly revision: number | undefined
  readonly version: string | undefined
}

/** An update that began while nobody watched. */
export interface ToldUpdate extends ToldRevision {
  readonly startedAt: EpochMs
  /** The revision before it. */
  readonly from: ToldRevision | undefined
}

export interface ToldMoment {
  /** The same at every telling. */
  readonly mark: string
  readonly moment: HistoryMomentView
}

/** What a cluster tells afterwards of a stretch of time, each thing at its own time in it (UI-HIST-4). */
export interface Told {
  /** Oldest first. */
  readonly updates: readonly ToldUpdate[]
  /** When the update that the Rollout stands at ended, if it did in that time. */
  readonly endedAt: EpochMs | undefined
  readonly moments: readonly ToldMoment[]
}

/** A stretch of time that nobody saw: what was at `at` was seen, and so was what was after `until`. */
export interface Unseen {
  readonly at: EpochMs
  readonly until: EpochMs
}

const momentsMax = 200

/** Times of a cluster are whole seconds. */
export const backFill = (remains: Remains, gap: Unseen): Told => ({
  updates: updatesOf(remains, gap),
  endedAt: endOf(remains.rollout, gap),
  moments: momentsWithin(gap, momentsOf(remains)),
})

/** The same of AnalysisRuns alone, which come later. */
export const toldByAnalyses = (analysisRuns: readonly AnalysisRun[], gap: Unseen): readonly ToldMoment[] =>
  momentsWithin(gap, analysisRuns.flatMap(toldOfAnalysis))

const momentsWithin = (gap: Unseen, moments: readonly ToldMoment[]): readonly ToldMoment[] =>
  moments
    .filter(({ moment }) => isWithin(gap, moment.at))
    .toSorted((a, b) => a.moment.at - b.moment.at)
    .slice(-momentsMax)

const isWithin = ({ at, until }: Unseen, time: EpochMs | undefined): time is EpochMs =>
  time !== undefined && at < time && time <= until

function updatesOf({ rollout, replicaSets, versionOf }: Remains, gap: Unseen): readonly ToldUpdate[] {
  const revisions = replicaSets.toSorted(oldestFirst).map((rs) => ({
    podHash: podHashOf(rs),
    revision: revisionOf(rs),
    version: versionOf(rs),
    createdAt: createdAt(rs),
  }))
  const before = ({ revision = 0 }: ToldRevision): ToldRevision | undefined =>
    revisions
      .filter((each) => (each.revision ?? 0) < revision)
      .toSorted((a, b) => (b.revision ?? 0) - (a.revision ?? 0))[0]
  const created = revisions.filter((each) => isWithin(gap, each.createdAt))
  const updates = created.map(({ createdAt: startedAt, ...each }) => ({ ...each, startedAt, from: before(each) }))
  return [...updates, ...returnOf(rollout, revisions, updates, gap)]
}

/** An attempt can name its beginning alone where it leads to a revision that was there before. */
function returnOf(
  { metadata, status = {} }: Rollout,
  revisions: readonly ToldRevision[],
  updates: readonly ToldUpdate[],
  gap: Unseen,
): readonly ToldUpdate[] {
  const startedAt = parseTime(status.duration?.rolloutStartedAt)
  const present = revisions.find(({ podHash }) => podHash === status.currentPodHash)
  const last = updates.at(-1)
  if (!isWithin(gap, startedAt) || present === undefined || updates.some(({ podHash }) => podHash === present.podHash))
    return []
  // A way back in the middle of an update goes on with its attempt (REC-131).
  if (last !== undefined && startedAt <= last.startedAt + sameMs) return []
  const revision = parseInteger(metadata.annotations?.[annotations.revision]) ?? present.revision
  const from = last ?? revisions.find(({ podHash }) => podHash === status.stableRS && podHash !== present.podHash)
  return [{ podHash: present.podHash, version: present.version, revision, startedAt, from }]
}

/** A ReplicaSet is made, and its attempt begun, within this. */
const sameMs = 5_000

/** By the attempt itself where the cluster keeps it (REC-133), else by what tells of its end. */
function endOf({ status = {} }: Rollout, gap: Unseen): EpochMs | undefined {
  const { abort, abortedAt, duration, conditions = [], currentPodHash, stableRS } = status
  const completed = conditions.find(({ type }) => type === 'Completed')
  const isStable = currentPodHash !== undefined && currentPodHash === stableRS
  const times =
    abort === true
      ? [abortedAt, duration?.finishedAt]
      : isStable
        ? [duration?.finishedAt, completed?.status === 'True' ? completed.lastTransitionTime : undefined]
        : []
  return times.map(parseTime).find((time) => isWithin(gap, time))
}

function momentsOf({ rollout, replicaSets, analysisRuns, writers }: Remains): readonly ToldMoment[] {
  return [
    ...replicaSets.flatMap(toldOfReplicaSet),
    ...(rollout.status?.conditions ?? []).flatMap(toldOfCondition),
    ...(rollout.status?.pauseConditions ?? []).flatMap(({ reason, startTime }) =>
      at(startTime, `pause ${reason}`, { who: 'cluster', kind: 'status', status: 'Paused', message: reason }),
    ),
    ...analysisRuns.flatMap(toldOfAnalysis),
    ...writers.flatMap(({ manager, subresource, time }) =>
      manager === undefined || subresource === 'status'
        ? []
        : event(time, { who: manager, reason: 'RolloutChanged', message: `Last change by ${manager}` }),
    ),
  ]
}

const toldOfReplicaSet = (rs: ReplicaSet): readonly ToldMoment[] =>
  event(rs.metadata.creationTimestamp, {
    reason: 'NewReplicaSetCreated',
    message: `Created ReplicaSet ${rs.metadata.name} (revision ${revisionOf(rs) ?? 'unknown'})`,
  })

const isTrouble = ({ type, status }: RolloutCondition): boolean =>
  type === 'Progressing' ? status === 'False' : type === 'InvalidSpec' || type === 'ReplicaFailure'

/** The others say that something is no more, or what is said by these. */
const isTold = ({ type, status }: RolloutCondition): boolean =>
  type === 'Progressing' || (status === 'True' && type !== 'Available' && type !== 'Healthy' && type !== 'Paused')

const toldOfCondition = (condition: RolloutCondition): readonly ToldMoment[] =>
  isTold(condition)
    ? event(condition.type === 'Progressing' ? condition.lastUpdateTime : condition.lastTransitionTime, {
        reason: condition.reason,
        message: condition.message === condition.reason ? '' : condition.message,
        ...(isTrouble(condition) && { type: 'Warning' as const }),
      })
    : []

const hasFailed = (phase: AnalysisPhase | '' | undefined): boolean => phase === 'Failed' || phase === 'Error'

const warnsOf = (phase: AnalysisPhase | '' | undefined) => (hasFailed(phase) ? { type: 'Warning' as const } : {})

function toldOfAnalysis({ metadata: { name }, status = {} }: AnalysisRun): readonly ToldMoment[] {
  const { phase = '', message = '', startedAt, completedAt, metricResults = [] } = status
  const words = message === '' ? '' : `: ${message}`
  return [
    ...event(startedAt, { reason: 'AnalysisRunStarted', message: `AnalysisRun ${name} began` }),
    ...event(completedAt, {
      reason: `AnalysisRun${phase}`,
      message: `AnalysisRun ${name} ended ${phase}${words}`,
      ...warnsOf(phase),
    }),
    ...metricResults.flatMap((metric) =>
      (metric.measurements ?? []).flatMap((each) =>
        event(each.finishedAt, {
          reason: `Measurement${each.phase}`,
          message: `${metric.name} of ${name}: ${(each.value ?? each.message ?? '').slice(0, 200)}`,
          ...warnsOf(each.phase),
        }),
      ),
    ),
  ]
}

interface ToldEvent {
  readonly who?: string
  readonly reason: string
  readonly message: string
  readonly type?: 'Normal' | 'Warning'
}

function event(time: string | undefined, { who = 'cluster', type = 'Normal', reason, message }: ToldEvent) {
  const told = { who, kind: 'event' as const, type, reason, message: redactText(message), count: 1 }
  return at(time, `${reason} ${told.message}`, told)
}

type Untimed = HistoryMomentView extends infer M
  ? M extends HistoryMomentView
    ? Omit<M, 'at' | 'backFilled'>
    : never
  : never

function at(time: string | undefined, what: string, told: Untimed): readonly ToldMoment[] {
  const when = parseTime(time)
  return when === undefined ? [] : [{ mark: `told ${when} ${what}`, moment: { at: when, backFilled: true, ...told } }]
}
