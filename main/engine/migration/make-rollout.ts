import type { Deployment } from '#api/apps.ts'
import { labels } from '#api/keys.ts'
import { resources } from '#api/resources.ts'
import type { Rollout } from '#api/rollout.ts'
import type { NotOpen } from '#engine/actions/action-plan.ts'
import { serviceNames } from '#engine/rollout/service-names.ts'
import { shownPhase } from '#engine/status/phase.ts'
import { workloadProgress } from '#engine/workload/progress.ts'
import { failure, type Outcome, success } from '#lib/outcome.ts'
import { makeRolloutWarnings, wayOut } from './make-rollout-words.ts'
import {
  keeperOf,
  lenderOf,
  type MakeRolloutOptions,
  type MigrationPlan,
  type MigrationStep,
  type MigrationWorld,
  retarget,
  scales,
  selectsPodsOf,
  targetDeployment,
  targetRollout,
} from './migration.ts'
import { rolloutOf } from './rollout-of-deployment.ts'

/**
 * Makes a Deployment a Rollout: the Rollout beside it, what scales it pointed at the Rollout, and then the engine's part, by which the
 * pods move (REC-84…86). Decided from what is there, so that whoever begins in the middle goes on from there.
 */
export function planMakeRollout(world: MigrationWorld, options: MakeRolloutOptions): Outcome<MigrationPlan, NotOpen> {
  const { deployment } = world
  if (deployment === undefined) return failure({ reason: 'There is no such Deployment' })
  const name = options.name ?? deployment.metadata.name
  const made = world.rollouts.find((each) => each.metadata.name === name && lenderOf(each) === deployment.metadata.name)
  const closed = made === undefined ? closedBecause(world, deployment, options) : undefined
  if (closed !== undefined) return failure({ reason: closed })
  const steps = [
    creation(world, deployment, options, made),
    ...retarget(world.autoscalers, targetDeployment(deployment.metadata.name), targetRollout(name)),
    ...engineSteps(deployment, name, made, made?.spec.workloadRef?.scaleDown ?? options.scaleDown),
  ]
  return success({
    steps,
    effects: wayOut(world, deployment, options),
    warnings: makeRolloutWarnings(world, deployment, options),
    message: `rollout '${name}' made of deployment '${deployment.metadata.name}'`,
  })
}

function creation(
  world: MigrationWorld,
  deployment: Deployment,
  options: MakeRolloutOptions,
  made: Rollout | undefined,
): MigrationStep {
  const { name, namespace, uid = '' } = deployment.metadata
  const scaled = world.autoscalers.filter(
    (each) => keeperOf(each) === undefined && scales(each, targetDeployment(name)),
  )
  const object = rolloutOf(deployment, options, {
    deployment: name,
    uid,
    replicas: deployment.spec.replicas ?? 1,
    autoscalers: scaled.map(({ metadata }) => metadata.name),
  })
  const summary = `Create Rollout ${object.metadata.name}, with the template of Deployment ${name}`
  const ref = { resource: resources.rollouts, namespace, name: object.metadata.name }
  return {
    summary,
    isDone: made !== undefined,
    write: { kind: 'create', ref, object, because: 'API-13', summary },
  }
}

/** Nothing of these is sent from here. */
function engineSteps(
  deployment: Deployment,
  name: string,
  made: Rollout | undefined,
  scaleDown: string,
): readonly MigrationStep[] {
  const { phase, message } = made === undefined ? { phase: undefined, message: '' } : shownPhase(made)
  const isPickedUp = made?.status?.observedGeneration !== undefined
  const healthy: MigrationStep = {
    summary: `The engine brings up the pods of Rollout ${name}: it is Healthy`,
    isDone: isPickedUp && phase === 'Healthy',
    progress:
      made === undefined
        ? undefined
        : isPickedUp
          ? [phase, message].filter(Boolean).join(': ')
          : 'no engine has seen it yet',
  }
  const { replicas = 1 } = deployment.spec
  const left = deployment.status?.replicas ?? 0
  if (scaleDown === 'never') return [healthy]
  return [
    healthy,
    {
      summary: `The engine scales Deployment ${deployment.metadata.name} to 0`,
      isDone: made !== undefined && replicas === 0 && left === 0,
      progress: made === undefined ? undefined : `${left} of its pods are left`,
    },
  ]
}

/** Why it cannot begin. */
function closedBecause(
  { rollouts, services, isServed }: MigrationWorld,
  deployment: Deployment,
  options: MakeRolloutOptions,
): string | undefined {
  const { name, deletionTimestamp } = deployment.metadata
  if (deletionTimestamp !== undefined) return `Deployment ${name} is being deleted`
  if (!isServed) return 'The cluster does not know Rollouts yet: install the definitions first'
  if (deployment.spec.paused === true)
    return 'Open after Resume: what was changed while it is paused would go out at once, as the first version of the Rollout'
  const { phase, message } = workloadProgress(deployment)
  if (phase !== 'Healthy') return `Open once it has rolled out: ${message}`
  const borrower = rollouts.find((each) => lenderOf(each) === name)
  if (borrower !== undefined) return `Rollout ${borrower.metadata.name} takes its template from it already`
  const wanted = options.name ?? name
  if (rollouts.some((each) => each.metadata.name === wanted))
    return `There is a Rollout ${wanted} already: give the new one another name`
  if (deployment.spec.template.metadata?.labels?.[labels.podTemplateHash] !== undefined)
    return `Its template has the label ${labels.podTemplateHash}, by which a Rollout tells its pods apart`
  return options.strategy.kind === 'blueGreen'
    ? serviceClosed(options.strategy.activeService, deployment, { rollouts, services })
    : undefined
}

function serviceClosed(
  active: string,
  deployment: Deployment,
  { rollouts, services }: Pick<MigrationWorld, 'rollouts' | 'services'>,
): string | undefined {
  const own = services.filter((each) => selectsPodsOf(each, deployment)).map(({ metadata }) => metadata.name)
  if (active === '')
    return own.length === 0
      ? 'No Service selects its pods, and blue-green switches one'
      : `Choose the Service that blue-green is to switch (one of: ${own.join(', ')})`
  const service = services.find(({ metadata }) => metadata.name === active)
  if (service === undefined) return `There is no Service ${active}, which blue-green would switch`
  if (!selectsPodsOf(service, deployment)) return `Service ${active} does not select the pods of the Deployment`
  const other = rollouts.find((each) => serviceNames(each).includes(active))
  return other && `Service ${active} is switched by Rollout ${other.metadata.name} already`
}
