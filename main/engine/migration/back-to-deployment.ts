import type { Deployment } from '#api/apps.ts'
import type { Service } from '#api/core.ts'
import { annotations, labels } from '#api/keys.ts'
import { resources } from '#api/resources.ts'
import type { Rollout } from '#api/rollout.ts'
import type { NotOpen } from '#engine/actions/action-plan.ts'
import { gitOpsWarnings } from '#engine/actions/gitops-owner.ts'
import type { PatchWrite } from '#engine/decision.ts'
import { serviceNames } from '#engine/rollout/service-names.ts'
import { patchRollout, refTo, unchanged } from '#engine/rollout/write.ts'
import { workloadProgress } from '#engine/workload/progress.ts'
import { parseInteger } from '#lib/int-or-string.ts'
import { failure, type Outcome, success } from '#lib/outcome.ts'
import {
  keeperOf,
  lenderOf,
  type MigrationPlan,
  type MigrationStep,
  type MigrationWorld,
  plural,
  readMadeFrom,
  retarget,
  scales,
  targetDeployment,
  targetRollout,
} from './migration.ts'

/**
 * Gives the pods back to the Deployment: the Rollout lets go of it and of every Service, the Deployment has all its pods available, what
 * scales is pointed back, and only then the Rollout goes with its own. At no step are there fewer pods than wanted, and each is decided
 * from what is there, so that it can be stopped anywhere and gone on with from another machine.
 */
export function planBackToDeployment(world: MigrationWorld, rollout: Rollout): Outcome<MigrationPlan, NotOpen> {
  const closed = closedBecause(world, rollout)
  const { deployment } = world
  if (closed !== undefined || deployment === undefined) return failure({ reason: closed ?? '' })
  const { name } = rollout.metadata
  const steps: readonly MigrationStep[] = [
    ...letGo(world, rollout, deployment),
    ...releases(world.services, rollout),
    ...growth(world, rollout, deployment),
    ...retarget(world.autoscalers, targetRollout(name), targetDeployment(deployment.metadata.name)),
    {
      summary: `Delete Rollout ${name}, and its pods with it`,
      isDone: rollout.metadata.deletionTimestamp !== undefined,
      write: {
        kind: 'delete',
        ref: refTo(resources.rollouts, rollout),
        precondition: unchanged(rollout),
        propagationPolicy: 'Background',
        because: 'API-13',
        summary: `Delete Rollout ${name}, and its pods with it`,
      },
    },
    { summary: `Rollout ${name} is gone`, isDone: false },
  ]
  return success({
    steps,
    effects: effectsOf(rollout, deployment),
    warnings: warningsOf(world, rollout, deployment),
    message: `deployment '${deployment.metadata.name}' has its pods back, rollout '${name}' is gone`,
  })
}

function closedBecause({ deployment }: MigrationWorld, rollout: Rollout): string | undefined {
  const lender = lenderOf(rollout)
  if (lender === undefined) return `Rollout ${rollout.metadata.name} takes its template from no Deployment`
  if (deployment === undefined || deployment.metadata.deletionTimestamp !== undefined)
    return `Deployment ${lender} is gone: there is nothing to go back to`
  const { currentPodHash = '', stableRS = '' } = rollout.status ?? {}
  if (stableRS !== '' && currentPodHash !== stableRS)
    return 'Open once its update is promoted or rolled back: the Deployment would start the version that is on trial'
  if (deployment.spec.paused === true) return `Open after Deployment ${lender} is resumed: its template does not go out`
  return undefined
}

/** What the Rollout wants at least, so that nothing is lost when it goes. */
const wantedOf = ({ spec }: Rollout): number => spec.replicas ?? 1

/** Whether the engine might still scale the Deployment down, or set what a Service selects. */
function holds(rollout: Rollout): boolean {
  const { workloadRef, strategy } = rollout.spec
  const { scaleDown = 'never' } = workloadRef ?? {}
  return (
    scaleDown === 'onsuccess' ||
    scaleDown === 'progressively' ||
    serviceNames(rollout).length > 0 ||
    strategy?.canary?.trafficRouting !== undefined
  )
}

function letGo(world: MigrationWorld, rollout: Rollout, deployment: Deployment): readonly MigrationStep[] {
  const { name, generation = 0 } = rollout.metadata
  const summary = `Tell Rollout ${name} to leave Deployment ${deployment.metadata.name} and all Services alone`
  const observed = parseInteger(rollout.status?.observedGeneration)
  const canary = rollout.spec.strategy?.canary ?? {}
  const kept: readonly string[] = ['maxSurge', 'maxUnavailable']
  const body = {
    spec: {
      workloadRef: { scaleDown: 'never' },
      ...((serviceNames(rollout).length > 0 || canary.trafficRouting !== undefined) && {
        strategy: {
          blueGreen: null,
          canary: Object.fromEntries(
            Object.keys(canary)
              .filter((key) => !kept.includes(key))
              .map((key) => [key, null]),
          ),
        },
      }),
    },
  }
  return [
    {
      summary,
      isDone: !holds(rollout),
      write: patchRollout(rollout, body, { because: 'REC-86', summary }),
    },
    {
      summary: 'Its engine has seen that',
      // Where none drives there is nobody to wait for.
      isDone: !holds(rollout) && (world.driver === 'nobody' || (observed !== undefined && observed >= generation)),
      progress: 'no engine has seen it yet',
    },
  ]
}

/** A Service that selects by hash sees no pod of the Deployment; engines release it as well. */
const releases = (services: readonly Service[], rollout: Rollout): readonly MigrationStep[] =>
  services
    .filter((each) => selectsOnly(each, rollout))
    .map((service) => {
      const { name } = service.metadata
      const summary = `Let Service ${name} select the pods of both again`
      const write: PatchWrite = {
        kind: 'patch',
        ref: refTo(resources.services, service),
        patchType: 'merge',
        body: {
          ...(service.metadata.annotations?.[annotations.managedByRollouts] !== undefined && {
            metadata: { annotations: { [annotations.managedByRollouts]: null } },
          }),
          spec: { selector: { [labels.podTemplateHash]: null } },
        },
        precondition: unchanged(service),
        because: 'REC-14',
        summary,
      }
      return { summary, isDone: false, write }
    })

function selectsOnly({ metadata, spec }: Service, { metadata: { name }, status }: Rollout): boolean {
  const hash = spec?.selector?.[labels.podTemplateHash]
  if (hash === undefined) return false
  const manager = metadata.annotations?.[annotations.managedByRollouts]
  return manager === name || (manager === undefined && (hash === status?.currentPodHash || hash === status?.stableRS))
}

function growth(world: MigrationWorld, rollout: Rollout, deployment: Deployment): readonly MigrationStep[] {
  const { name } = deployment.metadata
  const { replicas = 1 } = deployment.spec
  const wanted = wantedOf(rollout)
  const target = targetDeployment(name)
  // Once something else scales it, its size is not ours to say.
  const isScaled = replicas > 0 && world.autoscalers.some((each) => scales(each, target))
  const isLarge = replicas >= wanted || isScaled
  const summary = `Scale Deployment ${name} from ${replicas} to ${Math.max(replicas, wanted)}`
  const { phase, message } = workloadProgress(deployment)
  return [
    {
      summary: isLarge ? `Deployment ${name} wants ${plural(replicas, 'pod')}` : summary,
      isDone: isLarge,
      write: {
        kind: 'patch',
        ref: refTo(resources.deployments, deployment),
        patchType: 'merge',
        body: { spec: { replicas: wanted } },
        precondition: unchanged(deployment),
        because: 'REC-86',
        summary,
      },
    },
    {
      summary: `All pods of Deployment ${name} are available`,
      isDone: isLarge && phase === 'Healthy' && (deployment.status?.availableReplicas ?? 0) >= replicas,
      progress: message,
    },
  ]
}

function effectsOf(rollout: Rollout, deployment: Deployment): readonly string[] {
  const { name } = deployment.metadata
  const wanted = wantedOf(rollout)
  return [
    `Deployment ${name} brings up ${plural(wanted, 'pod')} of the same template, beside those of the Rollout`,
    'Only once all of them are available the Rollout is deleted, with its pods',
    `After that Kubernetes rolls out ${name} by itself: without steps, pauses and analyses`,
    'It can be stopped anywhere: whoever asks for it again goes on from there',
  ]
}

function warningsOf(world: MigrationWorld, rollout: Rollout, deployment: Deployment): readonly string[] {
  const { name } = deployment.metadata
  const before = readMadeFrom(rollout)
  const wanted = wantedOf(rollout)
  const there = new Set(world.autoscalers.map(({ metadata }) => metadata.name))
  const kept = world.autoscalers.filter(
    (each) => keeperOf(each) !== undefined && scales(each, targetRollout(rollout.metadata.name)),
  )
  const warnings: readonly (string | false | undefined)[] = [
    before !== undefined &&
      before.replicas !== wanted &&
      `It had ${plural(before.replicas, 'pod')} before; the Rollout has ${wanted} now, and so many it gets`,
    before !== undefined &&
      before.uid !== '' &&
      before.uid !== deployment.metadata.uid &&
      `Deployment ${name} is another than the one that the Rollout was made from`,
    ...(before?.autoscalers ?? [])
      .filter((each) => !there.has(each) && !world.unread.includes('HorizontalPodAutoscalers'))
      .map((each) => `HorizontalPodAutoscaler ${each}, which scaled it before, is gone`),
    ...kept.map(
      (each) => `HorizontalPodAutoscaler ${each.metadata.name} belongs to ${keeperOf(each)}: point that back by hand`,
    ),
    wanted > 0 &&
      `Until the Rollout is gone there are ${2 * wanted} pods: nodes and quotas need room for ${wanted} more`,
    ...gitOpsWarnings(rollout),
    ...gitOpsWarnings(deployment),
    ...world.unread.map((kind) => `Not known, for they may not be listed: ${kind}`),
  ]
  return warnings.filter((each) => typeof each === 'string')
}
