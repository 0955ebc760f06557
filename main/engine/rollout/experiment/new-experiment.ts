import type { ReplicaSet } from '#api/apps.ts'
import type { Experiment, ExperimentAnalysis, ExperimentTemplate } from '#api/experiment.ts'
import { annotations, labels } from '#api/keys.ts'
import type { LabelSelector } from '#api/meta.ts'
import { apiVersionOf, resources } from '#api/resources.ts'
import type {
  ExperimentStep,
  ExperimentStepAnalysis,
  ExperimentStepTemplate,
  PodTemplateMetadata,
} from '#api/rollout.ts'
import { argumentsOf } from '#engine/analysis/rollout-arguments.ts'
import { collected, failure, type Outcome, success } from '#lib/outcome.ts'
import { ownerReferenceTo } from '../claim.ts'
import { podHashOf } from '../replica-set/facts.ts'
import type { Release } from '../situation.ts'

/** An update that has something to be compared with. */
export interface ComparableRelease extends Release {
  readonly stableRS: ReplicaSet
}

/** The Experiment that a step asks for, under the name it should have (EXP-803…807); or why there can be none. */
export function newExperiment(release: ComparableRelease, step: ExperimentStep): Outcome<Experiment, string> {
  const templates = collected((step.templates ?? []).map((each) => templateOf(each, release)))
  if (!templates.ok) return templates
  const analyses = collected((step.analyses ?? []).map((each) => analysisOf(each, release)))
  if (!analyses.ok) return analyses
  const { duration, dryRun, analysisRunMetadata, scaleDownDelaySeconds } = step
  const { progressDeadlineSeconds } = release.spec
  return success({
    apiVersion: apiVersionOf(resources.experiments),
    kind: 'Experiment',
    metadata: metadataOf(release),
    spec: {
      templates: templates.value,
      ...(duration !== undefined && { duration }),
      ...(progressDeadlineSeconds !== undefined && { progressDeadlineSeconds }),
      ...(analyses.value.length > 0 && { analyses: analyses.value }),
      ...(scaleDownDelaySeconds !== undefined && { scaleDownDelaySeconds }),
      ...(dryRun !== undefined && { dryRun }),
      ...(analysisRunMetadata !== undefined && { analysisRunMetadata }),
    },
  })
}

/**
 * EXP-803. The hash is that of the ReplicaSet, as for AnalysisRuns. The reference reckons it anew from the template, which comes to
 * something else after an undo: then no ReplicaSet has it, and an Experiment is deleted as soon as it is done (EXP-1101).
 */
function metadataOf({ rollout, status, currentRS }: ComparableRelease): Experiment['metadata'] {
  const { name, namespace } = rollout.metadata
  const hash = podHashOf(currentRS)
  const revision = rollout.metadata.annotations?.[annotations.revision] ?? ''
  return {
    name: `${name}-${hash}-${revision}-${status.currentStepIndex ?? 0}`,
    ...(namespace !== undefined && { namespace }),
    labels: { ...rollout.metadata.labels, [labels.podTemplateHash]: hash },
    annotations: { [annotations.revision]: revision },
    ownerReferences: [ownerReferenceTo(rollout)],
  }
}

/** EXP-805, EXP-806: pods as those of a ReplicaSet of the Rollout, with labels and annotations of their own. */
function templateOf(asked: ExperimentStepTemplate, release: ComparableRelease): Outcome<ExperimentTemplate, string> {
  const { name, replicas, metadata = {}, weight, service } = asked
  const rs = replicaSetNamed(asked.specRef, release)
  if (rs === undefined) return failure('Invalid template step SpecRef: must be canary or stable')
  const { template, minReadySeconds } = rs.spec
  const isServed = weight !== undefined || service !== undefined
  return success({
    name,
    ...(replicas !== undefined && { replicas }),
    ...(minReadySeconds !== undefined && { minReadySeconds }),
    selector: withLabels(asked.selector ?? rs.spec.selector, metadata),
    template: { ...template, metadata: withMetadata(template.metadata ?? {}, metadata) },
    ...(isServed && { service: (service?.name ?? '') === '' ? {} : service }),
  })
}

/** The reference crashes when there is nothing to add to (EXP-1306). */
const withLabels = (selector: LabelSelector, { labels: added }: PodTemplateMetadata): LabelSelector =>
  added === undefined ? selector : { ...selector, matchLabels: { ...selector.matchLabels, ...added } }

const withMetadata = <T extends PodTemplateMetadata>(metadata: T, added: PodTemplateMetadata): T => ({
  ...metadata,
  ...(added.labels !== undefined && { labels: { ...metadata.labels, ...added.labels } }),
  ...(added.annotations !== undefined && { annotations: { ...metadata.annotations, ...added.annotations } }),
})

function replicaSetNamed(specRef: string | undefined, { currentRS, stableRS }: ComparableRelease) {
  if (specRef === 'canary') return currentRS
  return specRef === 'stable' ? stableRS : undefined
}

/** EXP-807: what the Rollout knows is filled in; tags of templates are for the Experiment (EXP-504). */
function analysisOf(
  { name = '', templateName = '', clusterScope, args = [], requiredForCompletion }: ExperimentStepAnalysis,
  { rollout, currentRS, stableRS }: ComparableRelease,
): Outcome<ExperimentAnalysis, string> {
  const given = argumentsOf(args, { rollout, latestHash: podHashOf(currentRS), stableHash: podHashOf(stableRS) })
  if (given.error !== undefined) return failure(given.error)
  return success({
    name,
    templateName,
    ...(clusterScope !== undefined && { clusterScope }),
    ...(given.args.length > 0 && { args: given.args }),
    ...(requiredForCompletion !== undefined && { requiredForCompletion }),
  })
}
