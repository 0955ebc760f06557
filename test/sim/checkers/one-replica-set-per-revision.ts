import type { ReplicaSet } from '#api/apps.ts'
import { annotations, labels } from '#api/keys.ts'
import { resources } from '#api/resources.ts'
import { annotationOf, podHashOf, revisionOf } from '#engine/rollout/replica-set/facts.ts'
import type { Checker, RestSeen } from '../checker.ts'

/** No template ever gets a second ReplicaSet, no revision number stands for two, and the current one has the highest. */
export const oneReplicaSetPerRevision = (): Checker => ({
  name: 'one ReplicaSet per revision',
  rules: ['REC-37', 'REC-46', 'REC-51', 'OPS-70'],
  onChange({ decided, change, replicaSets }) {
    if (decided === undefined || change.resource !== resources.replicaSets || change.type !== 'ADDED') return undefined
    const text = templateText(change.object as ReplicaSet)
    const twin = replicaSets.find((rs) => rs.metadata.name !== change.object.metadata.name && templateText(rs) === text)
    return twin === undefined ? undefined : `${change.object.metadata.name} has the template of ${twin.metadata.name}`
  },
  // A change of size while paused by hand keeps everything else from being looked at (REC-32, REC-34).
  atRest: (seen) => (seen.rollout.spec.paused === true ? undefined : wrongRevisions(seen)),
})

/** The template without what the engine adds. */
function templateText({ spec }: ReplicaSet): string {
  const { [labels.podTemplateHash]: _, ...others } = spec.template.metadata?.labels ?? {}
  return JSON.stringify({ labels: others, spec: spec.template.spec })
}

function wrongRevisions({ rollout, replicaSets }: Pick<RestSeen, 'rollout' | 'replicaSets'>): string | undefined {
  const revisions = replicaSets.map((rs) => revisionOf(rs) ?? 0)
  if (new Set(revisions).size !== revisions.length) return `revisions repeat: ${revisions.join(', ')}`
  const current = replicaSets.find((rs) => podHashOf(rs) === rollout.status?.currentPodHash)
  if (current === undefined) return undefined
  if (revisionOf(current) !== Math.max(...revisions))
    return `the current ReplicaSet has revision ${revisionOf(current)} of ${revisions.join(', ')}`
  const recorded = rollout.metadata.annotations?.[annotations.revision]
  return recorded === annotationOf(current, annotations.revision)
    ? undefined
    : `the Rollout says revision ${recorded}, its ReplicaSet ${revisionOf(current)}`
}
