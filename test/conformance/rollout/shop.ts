import { expect } from 'vitest'
import type { ReplicaSet } from '#api/apps.ts'
import type { KubeObject } from '#api/meta.ts'
import { type Resource, resourcePath, resources } from '#api/resources.ts'
import type { CanaryStep, CanaryStrategy, Rollout, RolloutSpec } from '#api/rollout.ts'
import type { World } from '#test/support/world.ts'
import { imageTag, observe, type Story } from './observe.ts'

/** The rollout of these tests, seen and handled through the API alone. */
export interface Shop {
  readonly story: Story
  /** As JSON merge patch; returns once the story tells it. */
  patch(body: object): Promise<void>
  patchStatus(status: object): Promise<void>
  /** Another image, which is another template. */
  release(tag: string): Promise<void>
  /** The story's newest version is so. */
  until(what: string, holds: (rollout: Rollout) => boolean): Promise<void>
  untilHealthy(): Promise<void>
  untilPausedAt(step: number): Promise<void>
  /** Sizes of ReplicaSets in the story's words, and as many pods, all of them available. */
  untilPods(sizes: string): Promise<void>
  pods(): Promise<readonly KubeObject[]>
}

export const shopName = 'shop'

/** One pod more while changing, none fewer: then every change of sizes waits for the one before. */
export const canary = (steps: readonly CanaryStep[], more: CanaryStrategy = {}) => ({
  canary: { maxSurge: 1, maxUnavailable: 0, steps, ...more },
})

export const template = (tag: string) => ({
  metadata: { labels: { app: shopName } },
  spec: { containers: [{ name: shopName, image: `registry.example/shop:${tag}` }] },
})

export const manifest = (spec: Partial<RolloutSpec>): Rollout => ({
  apiVersion: 'argoproj.io/v1alpha1',
  kind: 'Rollout',
  metadata: { name: shopName, labels: { app: shopName } },
  spec: { replicas: 2, selector: { matchLabels: { app: shopName } }, template: template('1'), ...spec },
})

export const isHealthy = ({ status, metadata }: Rollout): boolean =>
  status?.phase === 'Healthy' &&
  status.observedGeneration === String(metadata.generation) &&
  status.currentPodHash === status.stableRS

/** Creates it, without waiting for anything. */
export async function aShop(world: World, spec: Partial<RolloutSpec>): Promise<Shop> {
  const shop = shopIn(world)
  await post(world, resources.rollouts, manifest(spec))
  return shop
}

/** Creates it, with an engine, and waits until it is Healthy. Its story begins there. */
export async function aHealthyShop(world: World, spec: Partial<RolloutSpec>): Promise<Shop> {
  world.startEngine()
  const shop = await aShop(world, spec)
  await shop.untilHealthy()
  await shop.story.turnPage()
  return shop
}

/** For a rollout of that name, whoever creates it. */
export function shopIn(world: World): Shop {
  const path = resourcePath(resources.rollouts, { namespace: world.namespace, name: shopName })
  const story = observe(world, shopName)
  const patch = async (to: string, body: object) => {
    const answer = await world.send<KubeObject>('PATCH', to, { body, headers: mergePatch })
    expect(answer).toMatchObject({ code: 200 })
    const version = Number(answer.body.metadata.resourceVersion)
    await world.eventually('the patch told', () => Number(story.latest.metadata.resourceVersion) >= version)
  }
  const until = (what: string, holds: (rollout: Rollout) => boolean) =>
    world
      .eventually(what, () => story.versions.length > 0 && holds(story.latest))
      .catch((error: unknown) => {
        throw new Error(`${what}: it is ${JSON.stringify(story.versions.at(-1)?.status)}`, { cause: error })
      })
  const pods = () => objectsOf(world, resources.pods)
  return {
    story,
    until,
    pods,
    patch: (body) => patch(path, body),
    patchStatus: (status) => patch(`${path}/status`, { status }),
    release: (tag) => patch(path, { spec: { template: { spec: template(tag).spec } } }),
    untilHealthy: () => until('Healthy', isHealthy),
    untilPausedAt: (step) => until(`paused at step ${step}`, isPausedAt(step)),
    untilPods: (sizes) =>
      world.eventually(`pods ${sizes}`, async () => {
        const replicaSets = (await objectsOf<ReplicaSet>(world, resources.replicaSets)).filter(isUp)
        return replicaSets.every(isSettled) && inWords(replicaSets) === sizes
      }),
  }
}

export const isPausedAt =
  (step: number) =>
  ({ status, metadata }: Rollout): boolean =>
    status?.phase === 'Paused' &&
    status.currentStepIndex === step &&
    (status.pauseConditions ?? []).length > 0 &&
    status.observedGeneration === String(metadata.generation)

const isUp = ({ spec }: ReplicaSet) => (spec.replicas ?? 0) > 0
const isSettled = ({ spec, status }: ReplicaSet) =>
  status?.replicas === spec.replicas && status?.availableReplicas === spec.replicas
const inWords = (replicaSets: readonly ReplicaSet[]) =>
  replicaSets
    .map((each) => `${imageTag(each)}×${each.spec.replicas}`)
    .toSorted()
    .join(' ')

const mergePatch = { 'Content-Type': 'application/merge-patch+json' }

export async function post(world: World, resource: Resource, body: object): Promise<KubeObject> {
  const path = resourcePath(resource, { namespace: world.namespace })
  const answer = await world.send<KubeObject>('POST', path, { body })
  expect(answer).toMatchObject({ code: 201 })
  return answer.body
}

/** Those of the shop. */
export async function objectsOf<T extends KubeObject>(world: World, resource: Resource): Promise<readonly T[]> {
  const path = `${resourcePath(resource, { namespace: world.namespace })}?labelSelector=app%3D${shopName}`
  return (await world.send<{ readonly items: readonly T[] }>('GET', path)).body.items
}
