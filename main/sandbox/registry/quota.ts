import type { KubeObject } from '#api/meta.ts'
import { type Resource, rbacName, resources } from '#api/resources.ts'
import { addQuantities, canonicalQuantity, compareQuantities } from '#lib/quantity.ts'
import { fieldAt, fieldsOf, isFields } from './fields.ts'

/** Quantities by the names that a ResourceQuota uses: `pods`, `requests.cpu`, `count/replicasets.apps`. */
export type Usage = Readonly<Record<string, string>>

/** Core kinds that a quota counts under their plain name. */
const plainlyCounted = ['configmaps', 'persistentvolumeclaims', 'pods', 'resourcequotas', 'secrets', 'services']
/** Resources of a container that a quota also counts without `requests.`. */
const plainRequests = ['cpu', 'memory', 'ephemeral-storage']
/** What each container has to say once a quota limits it. */
const mustBeSaid = ['cpu', 'memory'].flatMap((name) => [name, `requests.${name}`, `limits.${name}`])

/** What the object takes from the quotas of its namespace. */
export function usageOf(resource: Resource, object: KubeObject): Usage {
  const counted = { [`count/${rbacName(resource)}`]: '1' }
  if (isPods(resource)) return { ...counted, ...(isOver(object) ? {} : { pods: '1', ...computeOf(object) }) }
  return resource.group === '' && plainlyCounted.includes(resource.plural)
    ? { ...counted, [resource.plural]: '1' }
    : counted
}

/** A pod that ended takes nothing but its place in the store. */
const isOver = (pod: KubeObject): boolean =>
  ['Succeeded', 'Failed'].some((phase) => phase === fieldAt(pod, ['status', 'phase']))

/** The sum of its containers, or the largest init container where that is more. */
function computeOf(pod: KubeObject): Usage {
  const together = containersOf(pod, 'containers').map(ofContainer).reduce(sumUsage, {})
  return containersOf(pod, 'initContainers').map(ofContainer).reduce(maxUsage, together)
}

const containersOf = (pod: KubeObject, list: string): readonly unknown[] => {
  const containers = fieldAt(pod, ['spec', list])
  return Array.isArray(containers) ? containers : []
}

function ofContainer(container: unknown): Usage {
  const said = (part: 'limits' | 'requests') => {
    const list = fieldAt(container, ['resources', part])
    return isFields(list) ? Object.entries(list).map(([name, amount]) => [name, String(amount)] as const) : []
  }
  return Object.fromEntries([
    ...said('limits').map(([name, amount]) => [`limits.${name}`, amount] as const),
    ...said('requests').flatMap(([name, amount]) => [
      [`requests.${name}`, amount] as const,
      ...(plainRequests.includes(name) ? [[name, amount] as const] : []),
    ]),
  ])
}

export const sumUsage = (one: Usage, other: Usage): Usage => combine(one, other, addQuantities)
const maxUsage = (one: Usage, other: Usage): Usage =>
  combine(one, other, (a, b) => (compareQuantities(a, b) < 0 ? b : a))

function combine(one: Usage, other: Usage, how: (a: string, b: string) => string): Usage {
  const added = Object.entries(other).map(([name, amount]) => [name, how(one[name] ?? '0', amount)] as const)
  return { ...one, ...Object.fromEntries(added) }
}

/** Only what these names say; what is missing counts as 0. */
export const usageUnder = (usage: Usage, names: readonly string[]): Usage =>
  Object.fromEntries(names.map((name) => [name, usage[name] ?? '0']))

/** `spec.hard`; empty for a quota with scopes, which is not acted on here. */
export function hardOf(quota: KubeObject): Usage {
  const { scopes, scopeSelector, hard } = (fieldsOf(quota)['spec'] ?? {}) as {
    readonly scopes?: readonly unknown[]
    readonly scopeSelector?: unknown
    readonly hard?: Readonly<Record<string, unknown>>
  }
  if ((scopes ?? []).length > 0 || scopeSelector !== undefined) return {}
  return Object.fromEntries(
    Object.entries(hard ?? {}).map(([name, amount]) => [name, canonicalQuantity(String(amount)) ?? String(amount)]),
  )
}

/** Whether an object of this kind can change what a quota with these names counts. */
export const concerns = (hard: Usage, resource: Resource): boolean =>
  Object.keys(hard).some((name) => {
    if (name === `count/${rbacName(resource)}`) return true
    if (!isPods(resource)) return resource.group === '' && name === resource.plural
    return name === 'pods' || plainRequests.includes(name) || /^(requests|limits)\./.test(name)
  })

const isPods = (resource: Resource): boolean => rbacName(resource) === rbacName(resources.pods)

/** Why the quota refuses the object beside what is `used` already; `undefined` when it does not. */
export function refusedByQuota(
  quota: KubeObject,
  resource: Resource,
  object: KubeObject,
  used: () => Usage,
): string | undefined {
  const { name } = quota.metadata
  const hard = hardOf(quota)
  const silent = isPods(resource) ? unsaid(object, Object.keys(hard)) : ''
  if (silent !== '') return `failed quota: ${name}: must specify ${silent}`
  const wanted = usageOf(resource, object)
  const names = Object.keys(hard).filter((each) => wanted[each] !== undefined)
  if (names.length === 0) return undefined
  const present = used()
  const total = sumUsage(usageUnder(present, names), usageUnder(wanted, names))
  const over = names.filter((each) => compareQuantities(total[each] ?? '0', hard[each] ?? '0') > 0).toSorted()
  if (over.length === 0) return undefined
  const inWords = (usage: Usage) => over.map((each) => `${each}=${usage[each] ?? '0'}`).join(',')
  return `exceeded quota: ${name}, requested: ${inWords(wanted)}, used: ${inWords(present)}, limited: ${inWords(hard)}`
}

/** `limits.memory for: app; requests.cpu for: app`: what the quota limits and containers leave open. */
function unsaid(pod: KubeObject, names: readonly string[]): string {
  const containers = [...containersOf(pod, 'containers'), ...containersOf(pod, 'initContainers')]
  return names
    .filter((name) => mustBeSaid.includes(name))
    .toSorted()
    .flatMap((name) => {
      const silent = containers.filter((each) => ofContainer(each)[name] === undefined)
      const who = silent.map((each) => String(fieldAt(each, ['name']))).join(',')
      return silent.length === 0 ? [] : [`${name} for: ${who}`]
    })
    .join('; ')
}
