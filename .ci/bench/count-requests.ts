import type { ClusterClient } from '#main/cluster/client.ts'

/** By `verb plural`, such as `patch rollouts`; `create pods/eviction` is an eviction. */
export type RequestCounts = Readonly<Record<string, number>>

/** The same client, and how often each verb was asked of each resource. A retry or a further page is not a call. */
export function countCalls(client: ClusterClient): { readonly client: ClusterClient; readonly calls: RequestCounts } {
  const calls: Record<string, number> = {}
  const count = (key: string) => {
    calls[key] = (calls[key] ?? 0) + 1
  }
  const counting: ClusterClient = {
    context: client.context,
    server: client.server,
    requests: client.requests,
    get clockOffsetMs() {
      return client.clockOffsetMs
    },
    get: (resource, ...rest) => (count(`get ${resource.plural}`), client.get(resource, ...rest)),
    list: (resource, ...rest) => (count(`list ${resource.plural}`), client.list(resource, ...rest)),
    create: (resource, ...rest) => (count(`create ${resource.plural}`), client.create(resource, ...rest)),
    update: (resource, ...rest) => (count(`update ${resource.plural}`), client.update(resource, ...rest)),
    patch: (resource, ...rest) => (count(`patch ${resource.plural}`), client.patch(resource, ...rest)),
    delete: (resource, ...rest) => (count(`delete ${resource.plural}`), client.delete(resource, ...rest)),
    evict: (...rest) => (count('create pods/eviction'), client.evict(...rest)),
    raw: (path) => (count('get other'), client.raw(path)),
    watch: (resource, ...rest) => (count(`watch ${resource.plural}`), client.watch(resource, ...rest)),
    close: () => client.close(),
  }
  return { client: counting, calls }
}

/** What was asked between two counts; keys without any are left out. */
export const callsBetween = (before: RequestCounts, after: RequestCounts): RequestCounts =>
  Object.fromEntries(
    Object.entries(after)
      .map(([key, count]) => [key, count - (before[key] ?? 0)] as const)
      .filter(([, count]) => count > 0),
  )

/** How many kinds are watched. */
export const watchesIn = (calls: RequestCounts): number =>
  Object.keys(calls).filter((key) => key.startsWith('watch ')).length

/** Requests that rollouts cause: watches and the lease come however many rollouts there are. */
export const isAboutRollouts = (key: string): boolean => !key.startsWith('watch ') && !key.endsWith(' leases')

export const sumOfRollouts = (calls: RequestCounts): number =>
  Object.entries(calls).reduce((sum, [key, count]) => (isAboutRollouts(key) ? sum + count : sum), 0)
