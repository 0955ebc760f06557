import { onTestFinished } from 'vitest'
import type { Deployment } from '#api/apps.ts'
import type { HorizontalPodAutoscaler } from '#api/autoscaling.ts'
import type { Pod, Service } from '#api/core.ts'
import type { KubeObject } from '#api/meta.ts'
import { type Resource, resources } from '#api/resources.ts'
import type { Rollout } from '#api/rollout.ts'
import { usualMigration } from '#contract/migration-views.ts'
import { targetDeployment } from '#engine/migration/migration.ts'
import { loadKubeconfig } from '#main/cluster/kubeconfig.ts'
import { createClusterClient } from '#main/cluster/rest.ts'
import type { Migration } from '#main/controller/migrate.ts'
import { aCliFleet } from './cli-fleet.ts'
import { anEngineOn } from './sandbox-engine.ts'
import { advanceUntil } from './until.ts'

const namespace = 'default'
const labels = { app: 'web' }

const deployment = {
  apiVersion: 'apps/v1',
  kind: 'Deployment',
  metadata: { name: 'web', namespace },
  spec: {
    replicas: 3,
    selector: { matchLabels: labels },
    template: {
      metadata: { labels },
      spec: {
        containers: [
          {
            name: 'web',
            image: 'registry.test/web:1',
            readinessProbe: { httpGet: { path: '/', port: 80 }, periodSeconds: 1 },
          },
        ],
      },
    },
  },
}
const service = {
  apiVersion: 'v1',
  kind: 'Service',
  metadata: { name: 'web', namespace },
  spec: { selector: labels, ports: [{ port: 80 }] },
}
const autoscaler = {
  apiVersion: 'autoscaling/v2',
  kind: 'HorizontalPodAutoscaler',
  metadata: { name: 'web', namespace },
  spec: { scaleTargetRef: targetDeployment('web'), minReplicas: 3, maxReplicas: 9 },
}

/** A sandbox cluster with a Deployment of three pods, its Service and what scales it; an engine drives it unless told otherwise. */
export async function aMigrationStage({ driven = true }: { readonly driven?: boolean } = {}) {
  const fleet = await aCliFleet('eu')
  const { clock } = fleet
  const { store } = fleet.cluster('eu')
  const read = <T extends KubeObject>(resource: Resource) =>
    store.get(resource, { namespace, name: 'web' }) as T | undefined
  for (const [resource, object] of [
    [resources.services, service],
    [resources.horizontalPodAutoscalers, autoscaler],
    [resources.deployments, deployment],
  ] as const) {
    const made = store.create(resource, object)
    if (!made.ok) throw new Error(made.error.message)
  }
  const readDeployment = () => read<Deployment>(resources.deployments)
  await advanceUntil(clock, 'rolled out', () => readDeployment()?.status?.availableReplicas === 3)
  const engine = driven ? anEngineOn(fleet.kubeconfig, 'eu', clock) : undefined
  if (engine !== undefined) {
    onTestFinished(async () => engine.stop())
    await advanceUntil(clock, 'driven', () => engine.engine.mode === 'driven')
  }
  /** Ready pods that the Service reaches. */
  const reached = (): number => {
    const selector = Object.entries(read<Service>(resources.services)?.spec?.selector ?? {})
    const pods = store.list(resources.pods, namespace) as readonly Pod[]
    return pods.filter(
      ({ metadata, status }) =>
        metadata.deletionTimestamp === undefined &&
        selector.every(([key, value]) => metadata.labels?.[key] === value) &&
        status?.conditions?.some(({ type, status: is }) => type === 'Ready' && is === 'True'),
    ).length
  }
  let fewest = Number.POSITIVE_INFINITY
  /** Until it is settled, looking in between at how many pods the Service reaches. */
  const settle = async <T>(asked: Promise<T>): Promise<T> => {
    let given: { readonly value: T } | undefined
    void asked.then((value) => {
      given = { value }
    })
    const isSettled = () => {
      fewest = Math.min(fewest, reached())
      return given !== undefined
    }
    await advanceUntil(clock, 'settled', isSettled, 200)
    return (given as unknown as { readonly value: T }).value
  }
  const setImage = (image: string) =>
    store.mutate(resources.deployments, { namespace, name: 'web' }, (draft: Deployment) => {
      const [container] = draft.spec.template.spec?.containers ?? []
      const containers = container === undefined ? [] : [{ ...container, image }]
      return { ...draft, spec: { ...draft.spec, template: { ...draft.spec.template, spec: { containers } } } }
    })
  /** So much later, or as soon as it is so. */
  const later = async (isSo: () => boolean, mostMs = 120_000) => {
    const end = clock.elapsed() + mostMs
    while (!isSo() && clock.elapsed() < end) await new Promise<void>((resolve) => clock.after(500, resolve))
  }
  return {
    ...{ setImage, pass: (isSo: () => boolean = () => false) => settle(later(isSo)) },
    ...{ fleet, clock, store, settle, reached },
    fewest: () => fewest,
    deployment: readDeployment,
    rollout: () => read<Rollout>(resources.rollouts),
    service: () => read<Service>(resources.services),
    autoscaler: () => read<HorizontalPodAutoscaler>(resources.horizontalPodAutoscalers),
    pods: () =>
      store.list(resources.pods, namespace).filter(({ metadata }) => metadata.deletionTimestamp === undefined).length,
  }
}

/** Both ways as they would be asked for. */
export type Stage = Awaited<ReturnType<typeof aMigrationStage>>
export const noGuard = () => ({ typedName: false, again: false, reasonFor: undefined, closed: undefined })

export function migrationOn(
  stage: Stage,
  options: Partial<Migration['options']> = {},
  driver: 'somebody' | 'nobody' = 'somebody',
) {
  const config = loadKubeconfig({ paths: [stage.fleet.kubeconfig] })
  const access = config.ok ? config.value.access('eu') : undefined
  if (access === undefined) throw new Error('no context eu')
  const client = createClusterClient({ access, clock: stage.clock, random: () => 0.5, env: {} })
  onTestFinished(() => client.close())
  const shared = {
    ...{ namespace: 'default', name: 'web', clock: stage.clock, options: { ...usualMigration, ...options } },
    cluster: { context: 'eu', client },
    driver: () => driver,
  }
  return {
    there: { ...shared, action: 'makeRollout' } satisfies Migration,
    back: { ...shared, action: 'backToDeployment' } satisfies Migration,
  }
}
