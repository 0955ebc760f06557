import type { ReplicaSet } from '#api/apps.ts'
import type { Experiment } from '#api/experiment.ts'
import { annotations, labels } from '#api/keys.ts'
import { apiVersionOf, resources } from '#api/resources.ts'
import type { EventWrite } from '#engine/decision.ts'
import { controlledBy } from '#engine/ownership.ts'
import { podTemplateHash } from '#engine/pod-hash/pod-template-hash.ts'
import { withoutHashLabel } from '#engine/pod-template/template-equal.ts'
import { refTo } from '#engine/rollout/write.ts'
import type { Situation, TemplateSituation } from '../situation.ts'
import { experimentEvent } from '../write.ts'
import { failed, nothing, type TemplateStep } from './step.ts'

/**
 * Creates the ReplicaSet of a template, at size 0; pods come once it is seen (EXP-402). Also while everything ends (EXP-404), but not
 * again for a template that has failed: the reference tries that in every pass.
 * Differs from the reference where the name is taken, which it takes for a collision of hashes and never gets over (EXP-405).
 */
export function planReplicaSet(template: TemplateSituation, { experiment, world }: Situation): TemplateStep {
  const { before, rs } = template
  if (rs !== undefined || before.status === 'Error') return nothing
  const object = newReplicaSet(experiment, template)
  const { name } = object.metadata
  const taken = [...(world.replicaSetNamesTaken ?? []), ...world.replicaSets.map(({ metadata }) => metadata.name)]
  if (taken.includes(name)) {
    const cause = `replicasets.apps "${name}" already exists`
    return { ...failed(createFailure(before.name, cause)), building: [createErrorEvent(experiment, name, cause)] }
  }
  const ref = refTo(resources.replicaSets, object)
  const summary = `Create ReplicaSet ${name}`
  return { ...nothing, building: [{ kind: 'create', ref, object, because: 'EXP-402', summary }], moves: true }
}

/** EXP-406. */
export const createFailure = (template: string, cause: string): string =>
  `Failed to create ReplicaSet for template '${template}': ${cause}`

/** A Normal one, as in the reference (EVT-34). */
export const createErrorEvent = (experiment: Experiment, name: string, cause: string): EventWrite =>
  experimentEvent(
    experiment,
    'ReplicaSetCreateError',
    `Failed to create new replica set "${name}": ${cause}`,
    'EXP-406',
  )

/** EXP-403. */
function newReplicaSet(experiment: Experiment, { template, before }: TemplateSituation): ReplicaSet {
  const { name, namespace } = experiment.metadata
  const plain = withoutHashLabel(template.template)
  const hashLabel = { [labels.podTemplateHash]: podTemplateHash(plain, before.collisionCount) }
  const podLabels = { ...plain.metadata?.labels, ...hashLabel }
  return {
    apiVersion: apiVersionOf(resources.replicaSets),
    kind: 'ReplicaSet',
    metadata: {
      name: `${name}-${template.name}`,
      ...(namespace !== undefined && { namespace }),
      labels: podLabels,
      annotations: ownAnnotations(experiment, template.name),
      ownerReferences: [controlledBy(resources.experiments, experiment)],
    },
    spec: {
      replicas: 0,
      ...(template.minReadySeconds !== undefined && { minReadySeconds: template.minReadySeconds }),
      selector: { ...template.selector, matchLabels: { ...template.selector?.matchLabels, ...hashLabel } },
      template: { ...plain, metadata: { ...plain.metadata, labels: podLabels } },
    },
  }
}

/** EXP-305. */
export const ownAnnotations = (experiment: Experiment, template: string): Readonly<Record<string, string>> => ({
  [annotations.experimentName]: experiment.metadata.name,
  [annotations.experimentTemplate]: template,
})
