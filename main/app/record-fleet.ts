import type { RolloutKey, RolloutView } from '#contract/views.ts'
import { templateAsWritten } from '#engine/pod-template/template-equal.ts'
import { revisionOf } from '#engine/rollout/replica-set/facts.ts'
import type { Dispose } from '#lib/clock.ts'
import type { FleetSource } from '#main/fleet/fleet-source.ts'
import { templateVersion } from '#main/fleet/image-version.ts'
import type { Recorder } from '#main/history/recorder.ts'

/** Feeds the recorder with every change on the board, with events, and with templates when a revision is new. */
export function recordFleet(fleet: FleetSource, recorder: Recorder): Dispose {
  const captured = new Map<RolloutKey, string>()
  const see = (view: RolloutView): void => {
    recorder.observe(view)
    const mark = `${view.uid}/${view.revision}/${view.stableRevision}`
    if (captured.get(view.key) === mark) return
    captured.set(view.key, mark)
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
  const endPatches = fleet.onPatch(({ upserted, removed }) => {
    for (const view of Object.values(upserted)) see(view)
    for (const key of removed) {
      captured.delete(key)
      recorder.removed(key)
    }
  })
  const endEvents = fleet.onEvent((key, event, uid) => recorder.event(key, event, uid))
  return () => {
    endPatches()
    endEvents()
  }
}
