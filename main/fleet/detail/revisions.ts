import type { ReplicaSet } from '#api/apps.ts'
import type { Availability, RevisionView, RoleTag, RolloutView } from '#contract/views.ts'
import {
  availableOf,
  createdAt,
  deadlineOf,
  podHashOf,
  readyOf,
  revisionOf,
  sizeOf,
} from '#engine/rollout/replica-set/facts.ts'
import { templateVersion } from '../image-version.ts'
import type { RolloutFacts } from '../rollout-facts.ts'
import { podViews } from './pods.ts'

/** Newest revision first (VIEW-12). */
export const revisionViews = (facts: RolloutFacts, view: RolloutView): readonly RevisionView[] =>
  facts.replicaSets.map((rs) => ({
    revision: revisionOf(rs) ?? 0,
    replicaSet: rs.metadata.name,
    podHash: podHashOf(rs),
    roles: rolesOf(rs, facts),
    images: rs.spec.template.spec?.containers?.flatMap(({ image }) => image ?? []) ?? [],
    version: templateVersion(rs.spec.template),
    createdAt: createdAt(rs),
    health: healthOf(rs),
    desired: sizeOf(rs),
    ready: readyOf(rs),
    available: availableOf(rs),
    scaleDownAt: deadlineOf(rs),
    pods: podViews(facts.parts.pods.filter((pod) => isOwnedBy(pod, rs))),
    undo: undoOf(rs, facts, view),
  }))

const isOwnedBy = (pod: RolloutFacts['parts']['pods'][number], rs: ReplicaSet): boolean =>
  pod.metadata.ownerReferences?.some(({ uid }) => uid === rs.metadata.uid) === true

/** VIEW-91 and VIEW-93. */
export function rolesOf(rs: ReplicaSet, { rollout, status }: RolloutFacts): readonly RoleTag[] {
  const hash = podHashOf(rs)
  if (hash === '') return []
  const stable: readonly RoleTag[] = hash === status.stableRS ? ['stable'] : []
  if (rollout.spec.strategy?.blueGreen === undefined)
    return stable.length === 0 && hash === status.currentPodHash ? ['canary'] : stable
  if (hash === status.blueGreen?.activeSelector) return [...stable, 'active']
  return hash === status.blueGreen?.previewSelector ? [...stable, 'preview'] : stable
}

/** VIEW-90. */
export function healthOf(rs: ReplicaSet): RevisionView['health'] {
  if ((rs.metadata.generation ?? 0) > (rs.status?.observedGeneration ?? 0)) return 'Progressing'
  const isFailing = rs.status?.conditions?.some(({ type, status }) => type === 'ReplicaFailure' && status === 'True')
  if (isFailing === true) return 'ReplicaFailure'
  const { replicas } = rs.spec
  if (replicas !== undefined && availableOf(rs) < replicas) return 'Progressing'
  return replicas === 0 ? 'ScaledDown' : 'Healthy'
}

/** Whether `undo` to this revision is open: there must be something to go back to, and a number to name it by (ACT-92). */
function undoOf(rs: ReplicaSet, { status }: RolloutFacts, view: RolloutView): Availability {
  if (podHashOf(rs) === status.currentPodHash) return { open: false, reason: 'This revision is the wanted one' }
  if (revisionOf(rs) === undefined) return { open: false, reason: 'This ReplicaSet carries no revision number' }
  return view.actions.undo
}
