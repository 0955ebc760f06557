import type { ReplicaSet } from '#api/apps.ts'
import type { Service } from '#api/core.ts'
import { labels } from '#api/keys.ts'
import type { KubeObject } from '#api/meta.ts'
import { type Resource, resourcePath, resources } from '#api/resources.ts'
import type { Rollout } from '#api/rollout.ts'
import type { World } from '#test/support/world.ts'

/** What a line of a story is about. `pods` are the sizes of the ReplicaSets that have any, oldest first. */
export type Topic = 'step' | 'phase' | 'pods' | 'stable' | 'service'

/** What happened to one rollout, as its watches tell it: every version of it, of its ReplicaSets and of its Services. */
export interface Story {
  /** Every version of the rollout, oldest first. */
  readonly versions: readonly Rollout[]
  /** The newest; throws when there is none. */
  readonly latest: Rollout
  readonly isGone: boolean
  /** Every ReplicaSet there ever was, in its last version, oldest first. */
  readonly replicaSets: readonly ReplicaSet[]
  /**
   * Every change in the order it was stored, each once: `step 1`, `Paused`, `1×3 2×1` (three pods of tag 1, one of tag 2),
   * `stable 2`, `active → 2`. Complete up to the moment of asking.
   */
  told(...topics: readonly Topic[]): Promise<readonly string[]>
  /** What follows is told as if nothing had been before. */
  turnPage(): Promise<void>
}

interface WatchEvent {
  readonly type: 'ADDED' | 'MODIFIED' | 'DELETED' | 'BOOKMARK' | 'ERROR'
  readonly object: KubeObject
}

export const imageTag = (replicaSet: ReplicaSet | undefined): string =>
  replicaSet?.spec.template.spec?.containers[0]?.image?.split(':').at(-1) ?? '?'

const versionOf = (object: KubeObject | undefined): number => Number(object?.metadata.resourceVersion ?? 0)

/** Begins now: with the rollout's creation, when it is called before. */
export function observe(world: World, name: string): Story {
  const follow = (resource: Resource, query: string) =>
    world.watch<WatchEvent>(`${resourcePath(resource, { namespace: world.namespace })}?watch=true&${query}`)
  const watches = [
    follow(resources.rollouts, `fieldSelector=metadata.name%3D${name}`),
    follow(resources.replicaSets, `labelSelector=app%3D${name}%2C${labels.podTemplateHash}`),
    follow(resources.services, `labelSelector=app%3D${name}`),
  ] as const
  const [rollouts, sets] = watches
  let page = 0
  const versions = () => rollouts.events.filter(({ type }) => type !== 'DELETED').map(({ object }) => object as Rollout)
  const replicaSets = () => newestOf(sets.events.map(({ object }) => object as ReplicaSet))
  /** Waits until the watches have told all that there is at this moment. */
  const catchUp = async () => {
    for (const [index, resource] of [resources.rollouts, resources.replicaSets, resources.services].entries()) {
      const path = resourcePath(resource, { namespace: world.namespace })
      const query = `labelSelector=app%3D${name}`
      const { body } = await world.send<{ readonly items: readonly KubeObject[] }>('GET', `${path}?${query}`)
      const isTold = (object: KubeObject) =>
        watches[index]?.events.some((each) => versionOf(each.object) >= versionOf(object)) === true ||
        (resource === resources.replicaSets && object.metadata.labels?.[labels.podTemplateHash] === undefined)
      await world.eventually(`all of ${resource.plural} told`, () => body.items.every(isTold))
    }
  }
  const events = () =>
    watches.flatMap((each) => each.events).toSorted((a, b) => versionOf(a.object) - versionOf(b.object))
  return {
    get versions() {
      return versions()
    },
    get latest() {
      const latest = versions().at(-1)
      if (latest === undefined) throw new Error('the rollout was not seen yet')
      return latest
    },
    get isGone() {
      return rollouts.events.at(-1)?.type === 'DELETED'
    },
    get replicaSets() {
      return replicaSets()
    },
    async told(...topics) {
      await catchUp()
      return linesOf(events(), topics, page)
    },
    async turnPage() {
      await catchUp()
      page = versionOf(events().at(-1)?.object)
    },
  }
}

/** Those after the page's version, from the events of all versions; a change is told once per topic. */
function linesOf(events: readonly WatchEvent[], topics: readonly Topic[], page: number): readonly string[] {
  const last = new Map<string, string>()
  const lines: string[] = []
  const alive = new Map<string, ReplicaSet>()
  const tagOf = (hash: string | undefined) =>
    imageTag([...alive.values()].find((each) => each.metadata.labels?.[labels.podTemplateHash] === hash))
  for (const { type, object } of events) {
    if (object.kind === 'ReplicaSet') {
      if (type === 'DELETED') alive.delete(object.metadata.name)
      else alive.set(object.metadata.name, object as ReplicaSet)
    }
    for (const [subject, topic, line] of changesIn(object, alive, tagOf)) {
      const isNew = last.get(subject) !== line
      last.set(subject, line)
      if (isNew && line !== '' && topics.includes(topic) && versionOf(object) > page) lines.push(line)
    }
  }
  return lines
}

type Change = readonly [subject: string, topic: Topic, line: string]

function changesIn(
  object: KubeObject,
  alive: ReadonlyMap<string, ReplicaSet>,
  tagOf: (hash: string | undefined) => string,
): readonly Change[] {
  if (object.kind === 'ReplicaSet') return [['pods', 'pods', sizesOf([...alive.values()])]]
  if (object.kind === 'Service') {
    const hash = (object as Service).spec?.selector?.[labels.podTemplateHash]
    const { name } = object.metadata
    return [[`service ${name}`, 'service', hash === undefined ? '' : `${name} → ${tagOf(hash)}`]]
  }
  const { status } = object as Rollout
  return [
    ['step', 'step', status?.currentStepIndex === undefined ? '' : `step ${status.currentStepIndex}`],
    ['phase', 'phase', status?.phase ?? ''],
    ['stable', 'stable', status?.stableRS === undefined ? '' : `stable ${tagOf(status.stableRS)}`],
  ]
}

const sizesOf = (replicaSets: readonly ReplicaSet[]): string =>
  replicaSets
    .filter((each) => (each.spec.replicas ?? 0) > 0)
    .map((each) => `${imageTag(each)}×${each.spec.replicas}`)
    .join(' ')

/** One per uid, the last wins, in the order of their first appearance. */
function newestOf<T extends KubeObject>(objects: readonly T[]): readonly T[] {
  return [...new Map(objects.map((each) => [each.metadata.uid, each])).values()]
}
