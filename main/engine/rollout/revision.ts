import type { ReplicaSet } from '#api/apps.ts'
import { annotations } from '#api/keys.ts'
import type { Rollout } from '#api/rollout.ts'
import type { Write } from '#engine/decision.ts'
import { avoidedPodHash, withAntiAffinity } from '#engine/pod-template/anti-affinity.ts'
import { createMergePatch } from '#lib/merge-patch.ts'
import { annotationOf, podHashOf, revisionOf } from './replica-set/facts.ts'
import type { Situation } from './situation.ts'
import { patchReplicaSet, patchRollout, rolloutEvent } from './write.ts'

/** Revision numbers and what the Rollout hands on to its current ReplicaSet (REC-51…54). */

type Texts = Readonly<Record<string, string>>

/** Never copied to ReplicaSets (API-154). */
const keptToItself: ReadonlySet<string> = new Set([
  annotations.revision,
  annotations.revisionHistory,
  annotations.desiredReplicas,
  'notified.notifications.argoproj.io',
  'kubectl.kubernetes.io/last-applied-configuration',
])

/** One above the highest among these; unreadable revisions do not count. */
export const nextRevision = (replicaSets: readonly ReplicaSet[]): number =>
  Math.max(0, ...replicaSets.map((rs) => revisionOf(rs) ?? 0)) + 1

export const inheritedAnnotations = (rollout: Rollout): Texts =>
  Object.fromEntries(Object.entries(rollout.metadata.annotations ?? {}).filter(([key]) => !keptToItself.has(key)))

/** Brings the current ReplicaSet and then the Rollout up to date; empty when they are. */
export function planRevisionSync(situation: Situation): readonly Write[] {
  const { currentRS } = situation
  if (currentRS === undefined) return []
  const changed = changedAnnotations(situation, currentRS)
  const body = createMergePatch(heritage(currentRS), heritageWanted(situation, currentRS, changed))
  const isStale = Object.keys(changed).length > 0 || hasOtherMinReady(situation, currentRS)
  if (body !== undefined && (isStale || avoidsWrongRevision(situation, currentRS))) {
    const summary = `Update ReplicaSet ${currentRS.metadata.name} to revision ${changed[annotations.revision] ?? revisionOf(currentRS) ?? ''}`
    const revision = changed[annotations.revision] ?? annotationOf(currentRS, annotations.revision)
    return [
      patchReplicaSet(currentRS, body, { because: 'REC-51', summary }),
      ...planRolloutRevision(situation, revision),
    ]
  }
  return planRolloutRevision(situation, annotationOf(currentRS, annotations.revision))
}

/** Records the revision on the Rollout, and the generation of a referenced workload with it (REC-53, REC-7). */
export function planRolloutRevision({ rollout, world }: Situation, revision: string | undefined): readonly Write[] {
  const stored = world.rollout.metadata.annotations ?? {}
  const generation = rollout.metadata.annotations?.[annotations.workloadGeneration]
  const isNewRevision = revision !== undefined && stored[annotations.revision] !== revision
  const isNewGeneration = generation !== undefined && stored[annotations.workloadGeneration] !== generation
  if (!isNewRevision && !isNewGeneration) return []
  const changed = {
    ...(isNewRevision && { [annotations.revision]: revision }),
    ...(isNewGeneration && { [annotations.workloadGeneration]: generation }),
  }
  const summary = isNewRevision ? `Record revision ${revision} on the Rollout` : 'Record the workload generation'
  return [
    patchRollout(rollout, { metadata: { annotations: changed } }, { because: 'REC-53', summary }),
    ...(isNewRevision
      ? [rolloutEvent(rollout, 'RolloutUpdated', `Rollout updated to revision ${revision}`, 'REC-53')]
      : []),
  ]
}

/** REC-52. A revision that is set but unreadable blocks the sync altogether. */
function changedAnnotations({ rollout, olderRSs }: Situation, currentRS: ReplicaSet): Texts {
  const text = annotationOf(currentRS, annotations.revision) ?? ''
  const revision = revisionOf(currentRS)
  if (text !== '' && revision === undefined) return {}
  const target = nextRevision(olderRSs)
  const wanted = {
    ...inheritedAnnotations(rollout),
    ...((revision ?? 0) < target && { [annotations.revision]: String(target) }),
  }
  const changed = Object.fromEntries(
    Object.entries(wanted).filter(([key, value]) => annotationOf(currentRS, key) !== value),
  )
  if (text === '' || Object.keys(changed).length === 0) return changed
  const history = annotationOf(currentRS, annotations.revisionHistory) ?? ''
  return { ...changed, [annotations.revisionHistory]: history === '' ? text : `${history},${text}` }
}

const hasOtherMinReady = ({ spec }: Situation, rs: ReplicaSet): boolean =>
  (rs.spec.minReadySeconds ?? 0) !== (spec.minReadySeconds ?? 0)

/** An injected anti-affinity rule that speaks of a revision which is no longer stable. */
function avoidsWrongRevision({ spec, status }: Situation, rs: ReplicaSet): boolean {
  const antiAffinity = (spec.strategy?.canary ?? spec.strategy?.blueGreen)?.antiAffinity
  const avoided = avoidedPodHash(rs.spec.template, antiAffinity)
  const stable = status.stableRS ?? ''
  return avoided !== undefined && avoided !== stable && stable !== podHashOf(rs)
}

const heritage = (rs: ReplicaSet) => ({
  metadata: { annotations: rs.metadata.annotations ?? {} },
  spec: {
    minReadySeconds: rs.spec.minReadySeconds ?? 0,
    template: { spec: { affinity: rs.spec.template.spec?.affinity } },
  },
})

const heritageWanted = ({ rollout, spec, status }: Situation, rs: ReplicaSet, changed: Texts) => ({
  metadata: { annotations: { ...rs.metadata.annotations, ...changed } },
  spec: {
    minReadySeconds: spec.minReadySeconds ?? 0,
    template: {
      spec: {
        affinity: withAntiAffinity(spec.template ?? {}, {
          antiAffinity: (spec.strategy?.canary ?? spec.strategy?.blueGreen)?.antiAffinity,
          stableRS: status.stableRS ?? '',
          podHash: podHashOf(rs),
          namespace: rollout.metadata.namespace ?? '',
        }).spec?.affinity,
      },
    },
  },
})
