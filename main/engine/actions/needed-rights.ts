import { type Resource, rbacName, resources } from '#api/resources.ts'
import type { Rollout } from '#api/rollout.ts'
import { type ActionFacts, actionFacts } from './action-facts.ts'
import type { RolloutAction } from './action-plan.ts'

/** A right in RBAC's words, within the Rollout's namespace. */
export interface NeededRight {
  readonly verb: 'patch' | 'update' | 'create'
  readonly resource: Resource
  readonly subresource?: string
}

const patchStatus: NeededRight = { verb: 'patch', resource: resources.rollouts, subresource: 'status' }
const patchSpec: NeededRight = { verb: 'patch', resource: resources.rollouts }

/** What sending an action to this Rollout as it is now takes, besides reading it (ACT-160…165). */
export const neededRights = (action: RolloutAction, rollout: Rollout): readonly NeededRight[] =>
  rightsOf[action](rollout)

const rightsOf: Readonly<Record<RolloutAction, (rollout: Rollout) => readonly NeededRight[]>> = {
  promote: (rollout) => [...(patchesStatus(actionFacts(rollout)) ? [patchStatus] : []), ...unpause(rollout)],
  promoteFull: (rollout) => [patchStatus, ...unpause(rollout)],
  resume: (rollout) => [...(actionFacts(rollout).hasPauseCondition ? [patchStatus] : []), ...unpause(rollout)],
  skipStep: () => [patchStatus],
  abort: () => [patchStatus],
  retry: () => [patchStatus],
  pause: () => [patchSpec],
  restart: () => [patchSpec],
  cancelRestart: () => [patchSpec],
  undo: (rollout) => [{ verb: 'patch', resource: templateResource(rollout) }],
  setImage: (rollout) => [{ verb: 'update', resource: templateResource(rollout) }],
  rerunAnalysis: () => [{ verb: 'create', resource: resources.analysisRuns }],
  terminateAnalysis: () => [{ verb: 'patch', resource: resources.analysisRuns }],
  terminateExperiment: () => [{ verb: 'patch', resource: resources.experiments }],
}

/** ACT-33…36, not ACT-37. */
const patchesStatus = ({ hasPauseCondition, isCanary, steps }: ActionFacts): boolean =>
  hasPauseCondition || (isCanary && steps.length > 0)

const unpause = (rollout: Rollout): readonly NeededRight[] => (actionFacts(rollout).isPausedByUser ? [patchSpec] : [])

const workloads: readonly Resource[] = [resources.deployments, resources.replicaSets, resources.podTemplates]

/** An unknown kind is refused for other reasons. */
const templateResource = ({ spec }: Rollout): Resource =>
  workloads.find((each) => each.kind === spec.workloadRef?.kind) ?? resources.rollouts

/**
 * `needs patch on rollouts/status in namespace shop` (ACT-14).
 * @param rights at least one.
 */
export function missingRightText(
  rights: readonly (Omit<NeededRight, 'verb'> & { readonly verb: string })[],
  namespace: string,
): string {
  const each = rights.map(
    ({ verb, resource, subresource }) => `${verb} on ${shortName(resource)}${suffix(subresource)}`,
  )
  return `needs ${[...new Set(each)].join(' and ')} in namespace ${namespace}`
}

const suffix = (subresource: string | undefined): string => (subresource === undefined ? '' : `/${subresource}`)

/** The group only where it is not the Rollouts' own. */
const shortName = (resource: Resource): string =>
  resource.group === resources.rollouts.group ? resource.plural : rbacName(resource)
