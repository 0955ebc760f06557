import type { Deployment } from '#api/apps.ts'
import type { KubeObject } from '#api/meta.ts'
import type { CanaryStep } from '#api/rollout.ts'
import { gitOpsOwner } from '#engine/actions/gitops-owner.ts'
import { matchesSelector } from '#lib/label-selector.ts'
import {
  keeperOf,
  type MakeRolloutOptions,
  type MigrationWorld,
  plural,
  scales,
  selectsPodsOf,
  targetDeployment,
} from './migration.ts'

const namesOf = (objects: readonly KubeObject[]): string => objects.map(({ metadata }) => metadata.name).join(', ')

const selecting = ({ services }: MigrationWorld, deployment: Deployment) =>
  services.filter((each) => selectsPodsOf(each, deployment))

/** What comes of it, most important first. */
export function wayOut(
  world: MigrationWorld,
  deployment: Deployment,
  { name = deployment.metadata.name, strategy, scaleDown }: MakeRolloutOptions,
): readonly string[] {
  const { replicas = 1 } = deployment.spec
  const services = selecting(world, deployment)
  const routed = world.ingresses.filter((each) => namesService(each, new Set(services.map((one) => one.metadata.name))))
  return [
    `The Rollout brings up ${plural(replicas, 'pod')} of the same template at once, without steps`,
    goneWords[scaleDown],
    strategy.kind === 'blueGreen'
      ? `Service ${strategy.activeService} is switched to them once they are available; later versions wait for a Promote`
      : `Later changes of the Deployment's template go out in steps: ${stepsInWords(strategy.steps)}`,
    `The Deployment stays, for its template: images are changed there, or by Set image of the Rollout`,
    ...(services.length === 0 ? [] : [`${servicesWord(services)} reach the pods of both while both run`]),
    ...(routed.length === 0 ? [] : [`Ingress ${namesOf(routed)} leads there, and stays as it is`]),
    `The way back stays open: "Back to the Deployment" of Rollout ${name}`,
  ]
}

const servicesWord = (services: readonly KubeObject[]): string =>
  services.length === 1 ? `Requests to Service ${namesOf(services)}` : `Requests to Services ${namesOf(services)}`

const goneWords = {
  onsuccess: 'Once all of them are available the engine scales the Deployment to 0',
  progressively: 'As they become ready the engine takes as many from the Deployment, down to 0',
  never: 'The Deployment keeps its pods until somebody scales it',
} as const

const stepsInWords = (steps: readonly CanaryStep[]): string =>
  steps.length === 0
    ? 'none, so all at once'
    : steps
        .map(({ setWeight, pause }) =>
          setWeight !== undefined
            ? `${setWeight}%`
            : pause?.duration === undefined
              ? 'wait for Promote'
              : `wait ${pause.duration}`,
        )
        .join(', ')

/** An Ingress names the Services that it leads to anywhere within its spec. */
const namesService = (ingress: KubeObject, names: ReadonlySet<string>): boolean => {
  const { spec } = ingress as KubeObject & { readonly spec?: IngressSpec }
  const backends = [
    spec?.defaultBackend,
    ...(spec?.rules ?? []).flatMap(({ http }) => http?.paths?.map((path) => path.backend) ?? []),
  ]
  return backends.some((backend) => names.has(backend?.service?.name ?? ''))
}

interface Backend {
  readonly service?: { readonly name?: string }
}

interface IngressSpec {
  readonly defaultBackend?: Backend
  readonly rules?: readonly { readonly http?: { readonly paths?: readonly { readonly backend?: Backend }[] } }[]
}

/** What a person should know before saying yes. */
export function makeRolloutWarnings(
  world: MigrationWorld,
  deployment: Deployment,
  { strategy, scaleDown }: MakeRolloutOptions,
): readonly string[] {
  const { name } = deployment.metadata
  const { replicas = 1, template } = deployment.spec
  const keeper = keeperOf(deployment)
  const scaling = world.autoscalers.filter((each) => scales(each, targetDeployment(name)))
  const counting = world.budgets.filter(({ spec }) => matchesSelector(spec?.selector, template.metadata?.labels))
  const others =
    strategy.kind === 'blueGreen'
      ? selecting(world, deployment).filter(({ metadata }) => metadata.name !== strategy.activeService)
      : []
  const unprobed = template.spec?.containers.every((container) => container['readinessProbe'] === undefined) ?? true
  const warnings: readonly (string | false | undefined)[] = [
    world.driver === 'nobody' && 'No engine drives Rollouts here: the Rollout waits, and nothing moves, until one does',
    replicas > 0 &&
      scaleDown !== 'never' &&
      `Until the Deployment is at 0 there are up to ${2 * replicas} pods: nodes and quotas need room for ${replicas} more`,
    scaleDown === 'never' && replicas > 0 && `${2 * replicas} pods stay: half of them of the Deployment`,
    unprobed && 'No container has a readiness probe: a pod counts as ready as soon as it runs',
    ...gitOpsLines(deployment, world),
    keeper && `${keeper} owns the Deployment and may scale it up again`,
    ...scaling.flatMap((each) => {
      const owner = keeperOf(each)
      return owner === undefined
        ? []
        : [
            `HorizontalPodAutoscaler ${each.metadata.name} belongs to ${owner}: point that at the Rollout, or it scales the Deployment up again`,
          ]
    }),
    counting.length > 0 && `PodDisruptionBudget ${namesOf(counting)} counts the pods of both while both run`,
    others.length > 0 && `Not switched, and so reaching both versions of an update: Service ${namesOf(others)}`,
    ...world.unread.map((kind) => `Not known, for they may not be listed: ${kind}`),
  ]
  return warnings.filter((each) => typeof each === 'string')
}

function gitOpsLines(deployment: Deployment, { autoscalers }: MigrationWorld): readonly string[] {
  const owner = gitOpsOwner(deployment)
  const { name } = deployment.metadata
  const scaling = autoscalers.filter((each) => gitOpsOwner(each) !== undefined && scales(each, targetDeployment(name)))
  return [
    ...(owner === undefined
      ? []
      : [
          `${name} is managed by ${owner}, which may scale it up again: there, leave spec.replicas out and add the Rollout (argosy make-rollout -o yaml prints it)`,
        ]),
    ...scaling.map(
      (each) => `${each.metadata.name} is managed by ${gitOpsOwner(each)}: point it at the Rollout there as well`,
    ),
  ]
}
