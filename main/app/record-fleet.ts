import type { ReplicaSet } from '#api/apps.ts'
import type { RolloutKey, RolloutView } from '#contract/views.ts'
import { templateAsWritten } from '#engine/pod-template/template-equal.ts'
import { revisionOf } from '#engine/rollout/replica-set/facts.ts'
import type { Clock, Dispose } from '#lib/clock.ts'
import type { FleetSource } from '#main/fleet/fleet-source.ts'
import { templateVersion } from '#main/fleet/image-version.ts'
import { backFill, toldByAnalyses, type Unseen } from '#main/history/back-fill.ts'
import type { Recorder } from '#main/history/recorder.ts'

/** Whole clusters are new at once when they connect: of larger patches templates are stored later and in slices, for the board comes first. */
const sliceSize = 50
const sliceMs = 250

/** AnalysisRuns come later than the board: a rollout is asked for them so many times, so long after each other. */
const looksMax = 3
const lookAgainMs = 10_000
/** So many rollouts at a time. */
const missedMax = 2_000

/** Feeds the recorder with every change on the board, with events, and with templates when a revision is new. */
export function recordFleet(fleet: FleetSource, recorder: Recorder, clock: Clock): Dispose {
  const captured = new Map<RolloutKey, string>()
  const waiting: RolloutView[] = []
  let alarm: Dispose | undefined
  const capture = (view: RolloutView): void => {
    const replicaSets = fleet.parts(view.key)?.replicaSets ?? []
    recorder.capture(
      view.key,
      view.uid,
      replicaSets.flatMap((rs) => {
        const revision = revisionOf(rs)
        if (revision === undefined) return []
        const template = templateAsWritten(rs)
        return [{ revision, template, version: templateVersion(template) }]
      }),
    )
  }
  const captureSome = (): void => {
    for (const view of waiting.splice(0, sliceSize)) capture(view)
    alarm = waiting.length === 0 ? undefined : clock.after(sliceMs, captureSome)
  }
  const missed = new Map<RolloutKey, { readonly gap: Unseen; readonly looks: number }>()
  let lookAlarm: Dispose | undefined
  const told = (key: RolloutKey, gap: Unseen) => {
    const parts = fleet.parts(key)
    if (parts === undefined) return undefined
    const versionOf = (rs: ReplicaSet) => templateVersion(rs.spec.template)
    return backFill({ ...parts, writers: fleet.writers(key), versionOf }, gap)
  }
  const lookAgain = (): void => {
    for (const [key, { gap, looks }] of [...missed]) {
      recorder.afterwards(key, toldByAnalyses(fleet.analysisRuns(key), gap))
      if (looks + 1 < looksMax) missed.set(key, { gap, looks: looks + 1 })
      else missed.delete(key)
    }
    lookAlarm = missed.size === 0 ? undefined : clock.after(lookAgainMs, lookAgain)
  }
  /** Whether its templates are still to be stored. */
  const see = (view: RolloutView): boolean => {
    const gap = recorder.observe(view, (unseen) => told(view.key, unseen))
    if (gap !== undefined && missed.size < missedMax) missed.set(view.key, { gap, looks: 0 })
    if (missed.size > 0) lookAlarm ??= clock.after(lookAgainMs, lookAgain)
    const mark = `${view.uid}/${view.revision}/${view.stableRevision}`
    if (captured.get(view.key) === mark) return false
    captured.set(view.key, mark)
    return true
  }
  const endPatches = fleet.onPatch(({ upserted, removed }) => {
    // What Kubernetes itself rolls out has no steps to record: of it the journal alone is kept.
    const own = Object.values(upserted).filter(({ kind }) => kind === undefined)
    waiting.push(...own.filter(see))
    if (alarm === undefined && waiting.length <= sliceSize) captureSome()
    else alarm ??= clock.after(sliceMs, captureSome)
    for (const key of removed) {
      captured.delete(key)
      recorder.removed(key)
    }
  })
  const endEvents = fleet.onEvent((key, event, uid) => recorder.event(key, event, uid))
  return () => {
    alarm?.()
    lookAlarm?.()
    for (const view of waiting.splice(0)) capture(view)
    endPatches()
    endEvents()
  }
}
