import type { Service } from '#api/core.ts'
import { labels } from '#api/keys.ts'
import type { Decision, Write } from '#engine/decision.ts'
import { reconcileBlueGreenAnalysis } from '../analysis/blue-green.ts'
import { isHalted } from '../halt.ts'
import { reportInvalidSpec } from '../invalid-spec.ts'
import { planPodMetadata } from '../pod-metadata.ts'
import { podHashOf } from '../replica-set/facts.ts'
import { planRestart } from '../restart.ts'
import { selectedHash, serviceNamed, switchService } from '../services.ts'
import type { Release } from '../situation.ts'
import { replicasOnlyDraft, withFields } from '../status/draft.ts'
import { persist } from '../status/persist.ts'
import { targetsOf } from '../targets.ts'
import { isTemplateChanged } from '../update.ts'
import { planWorkloadScaleDown } from '../workload-scale-down.ts'
import { asking, earliest, round } from '../write.ts'
import { wantedActiveHash } from './active-service.ts'
import { decidePause } from './pause.ts'
import { reconcileReplicaSets, wantedSize } from './replica-sets.ts'
import { activeCounts, concludeBlueGreen, concludeBlueGreenReset } from './status.ts'

/**
 * One round of a blue-green update, in the order of BG-1…11. Services are written before ReplicaSets: a rollback inside
 * the scale-down delay is recognised by the deadline, which the ReplicaSet write removes.
 */
export function reconcileBlueGreen(release: Release): Decision {
  const preview = planPreview(release)
  if (isTemplateChanged(release)) {
    const selectors = { active: activeHash(release), preview: preview.hash }
    const status = persist(release, concludeBlueGreenReset(release, selectors))
    return round([...preview.writes, ...status.writes], status.requeueAt)
  }
  const restart = planRestart(release)
  const sizes = reconcileReplicaSets(release)
  const pause = decidePause(release)
  const active = wantedActiveHash(release)
  const targets = targetsOf(release, activeServiceAt(release, active))
  const analysis = reconcileBlueGreenAnalysis(release, targets.isVerified)
  if (analysis.error !== undefined) return reportInvalidSpec(release, analysis.error)
  const draft = concludeBlueGreen(release, { active, preview: preview.hash }, pause, { analysis, targets })
  const isRestarted = restart.isComplete && restart.writes.length === 0
  const status = persist(release, isRestarted ? withFields(draft, { restartedAt: release.spec.restartAt }) : draft)
  const metadata = sizes.writes.length === 0 ? planPodMetadata(release) : []
  const decision = round(
    [
      ...preview.writes,
      ...planActive(release, active),
      ...targets.writes,
      ...sizes.writes,
      ...analysis.writes,
      ...metadata,
      ...status.writes,
      ...restart.writes,
      ...planWorkloadScaleDown(release, wantedSize(release)),
    ],
    earliest(
      restart.requeueAt,
      sizes.requeueAt,
      targets.requeueAt,
      pause.kind === 'wait' ? pause.until : undefined,
      status.requeueAt,
    ),
  )
  return asking(decision, { hostNames: [], targetGroups: targets.targetGroups })
}

/** `spec.replicas` changed: sizes first, everything else afterwards (REC-32). */
export function scaleBlueGreen(release: Release): Decision {
  const sizes = reconcileReplicaSets(release)
  const { HPAReplicas, availableReplicas } = activeCounts(release, release.status.blueGreen?.activeSelector ?? '')
  const status = persist(release, withFields(replicasOnlyDraft(release), { HPAReplicas, availableReplicas }))
  const workload = planWorkloadScaleDown(release, wantedSize(release))
  return round([...sizes.writes, ...status.writes, ...workload], earliest(sizes.requeueAt, status.requeueAt))
}

/** The active Service as this round leaves it: pods have to be registered before the round that moves it is the last (SVC-23). */
function activeServiceAt(release: Release, hash: string): Service | undefined {
  const service = serviceNamed(release, release.spec.strategy?.blueGreen?.activeService)
  if (service === undefined || hash === '') return service
  const selector = { ...service.spec?.selector, [labels.podTemplateHash]: hash }
  return { ...service, spec: { ...service.spec, selector } }
}

const activeHash = (release: Release): string =>
  selectedHash(serviceNamed(release, release.spec.strategy?.blueGreen?.activeService))

/** The preview Service shows the newest revision at once, even without pods (BG-3). */
function planPreview(release: Release): { readonly hash: string; readonly writes: readonly Write[] } {
  const service = serviceNamed(release, release.spec.strategy?.blueGreen?.previewService)
  if (service === undefined || isHalted(release)) return { hash: selectedHash(service), writes: [] }
  const hash = podHashOf(release.currentRS)
  return { hash, writes: switchService(release, service, hash, 'BG-3') }
}

function planActive(release: Release, hash: string): readonly Write[] {
  const service = serviceNamed(release, release.spec.strategy?.blueGreen?.activeService)
  return service === undefined || hash === '' ? [] : switchService(release, service, hash, 'BG-35')
}
