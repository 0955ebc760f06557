import { type Resource, resources } from '#api/resources.ts'
import type { ClusterClient } from '#main/cluster/client.ts'

/** The client of a process that can die: from then on nothing it asks is sent, and nothing it asked is answered. */
export interface MortalClient extends ClusterClient {
  readonly isDead: boolean
  die(): void
}

/** What a rollout is made of; leases, events and questions about rights are not. */
const counted: readonly Resource[] = [resources.rollouts, resources.replicaSets, resources.services, resources.pods]

/** @param writesMax the write to a part of a rollout after which it dies: that one is sent, and not answered. */
export function mortalClient(client: ClusterClient, writesMax = Number.POSITIVE_INFINITY): MortalClient {
  let left = writesMax
  const { gateway } = client
  const whileAlive = <T>(ask: () => Promise<T>): Promise<T> =>
    left <= 0 ? never<T>() : ask().then((answer) => (left <= 0 ? never<T>() : answer))
  const writing = <T>(resource: Resource, ask: () => Promise<T>): Promise<T> =>
    whileAlive(() => (counted.includes(resource) ? ask().finally(() => void left--) : ask()))
  return {
    context: client.context,
    server: client.server,
    requests: client.requests,
    gateway: gateway && {
      proxy: (...asked) => whileAlive(() => gateway.proxy(...asked)),
      forward: (...asked) => whileAlive(() => gateway.forward(...asked)),
    },
    get isDead() {
      return left <= 0
    },
    die: () => {
      left = 0
    },
    get: (...asked) => whileAlive(() => client.get(...asked)),
    list: (...asked) => whileAlive(() => client.list(...asked)),
    raw: (...asked) => whileAlive(() => client.raw(...asked)),
    create: (resource, ...asked) => writing(resource, () => client.create(resource, ...asked)),
    update: (resource, ...asked) => writing(resource, () => client.update(resource, ...asked)),
    patch: (resource, ...asked) => writing(resource, () => client.patch(resource, ...asked)),
    delete: (resource, ...asked) => writing(resource, () => client.delete(resource, ...asked)),
    evict: (...asked) => writing(resources.pods, () => client.evict(...asked)),
    watch: (...asked) => client.watch(...asked),
    close: () => client.close(),
  }
}

const never = <T>() => new Promise<T>(() => undefined)
