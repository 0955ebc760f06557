import type { Pod } from '#api/core.ts'
import type { LabelSelectorRequirement } from '#api/meta.ts'
import { resources } from '#api/resources.ts'
import { matchesSelector } from '#lib/label-selector.ts'
import { addQuantities, compareQuantities } from '#lib/quantity.ts'
import { sumUsage, type Usage, usageOf } from '../registry/quota.ts'
import { isSchedulable, type Node } from './nodes.ts'

/** A node that can take a pod, or why none can, as the scheduler says it. */
export type Placement = { readonly node: Node } | { readonly why: string }

interface Refusal {
  readonly reasons: readonly string[]
  /** Whether room could be made by putting other pods out. */
  readonly forRoom: boolean
}

const notHelpful = 'Preemption is not helpful for scheduling'
const noVictims = 'No preemption victims found for incoming pod'

/** The node with the fewest pods of those that can take it; in a tie the first by name. */
export function placePod(pod: Pod, nodes: readonly Node[], podsOn: (node: Node) => readonly Pod[]): Placement {
  const judged = nodes.map((node) => ({ node, refusal: refusalOf(node, pod, podsOn(node)) }))
  const open = judged.filter(({ refusal }) => refusal === undefined)
  const [best] = open.toSorted((a, b) => podsOn(a.node).length - podsOn(b.node).length)
  if (best !== undefined) return { node: best.node }
  if (nodes.length === 0) return { why: 'no nodes available to schedule pods' }
  const refusals = judged.flatMap(({ refusal }) => refusal ?? [])
  const none = `0/${nodes.length} nodes are available: `
  const told = counted(refusals.flatMap(({ reasons }) => reasons))
  const preemption = counted(refusals.map(({ forRoom }) => (forRoom ? noVictims : notHelpful)))
  return { why: `${none}${told}. no new claims to deallocate, preemption: ${none}${preemption}.` }
}

/** A claim that is not there keeps a pod from every node. */
export const missingClaim = (name: string, nodes: number): string =>
  `0/${nodes} nodes are available: persistentvolumeclaim "${name}" not found. not found`

/** `1 Insufficient cpu, 2 node(s) were unschedulable`. */
const counted = (reasons: readonly string[]): string =>
  [...Map.groupBy(reasons, (reason) => reason)]
    .map(([reason, each]) => `${each.length} ${reason}`)
    .toSorted()
    .join(', ')

/** The first thing about the node that keeps the pod away; of resources, all that lack. */
function refusalOf(node: Node, pod: Pod, present: readonly Pod[]): Refusal | undefined {
  const never = (reason: string): Refusal => ({ reasons: [reason], forRoom: false })
  if (!isSchedulable(node)) return never('node(s) were unschedulable')
  if (!toleratesAll(pod, node)) return never('node(s) had untolerated taint(s)')
  if (!matchesNode(pod, node)) return never("node(s) didn't match Pod's node affinity/selector")
  return lackOf(node, pod, present)
}

interface Toleration {
  readonly key?: string
  readonly operator?: string
  readonly value?: string
  readonly effect?: string
}

function toleratesAll(pod: Pod, node: Node): boolean {
  const tolerations = (pod.spec['tolerations'] ?? []) as readonly Toleration[]
  const repelling = (node.spec?.taints ?? []).filter(({ effect }) => effect !== 'PreferNoSchedule')
  return repelling.every((taint) =>
    tolerations.some(
      ({ key, operator, value = '', effect }) =>
        (effect === undefined || effect === taint.effect) &&
        (key === undefined || key === taint.key) &&
        (operator === 'Exists' || value === (taint.value ?? '')),
    ),
  )
}

interface NodeAffinity {
  readonly requiredDuringSchedulingIgnoredDuringExecution?: {
    readonly nodeSelectorTerms?: readonly { readonly matchExpressions?: readonly LabelSelectorRequirement[] }[]
  }
}

function matchesNode(pod: Pod, { metadata }: Node): boolean {
  const selector = (pod.spec['nodeSelector'] ?? {}) as Readonly<Record<string, string>>
  const affinity = pod.spec.affinity?.['nodeAffinity'] as NodeAffinity | undefined
  const terms = affinity?.requiredDuringSchedulingIgnoredDuringExecution?.nodeSelectorTerms
  const labels = metadata.labels ?? {}
  return (
    Object.entries(selector).every(([key, value]) => labels[key] === value) &&
    (terms?.some(({ matchExpressions = [] }) => matchesSelector({ matchExpressions }, labels)) ?? true)
  )
}

function lackOf(node: Node, pod: Pod, present: readonly Pod[]): Refusal | undefined {
  const room = node.status?.allocatable ?? {}
  const wanted = Object.entries(requestsOf(pod))
  const taken = wanted.length === 0 ? {} : present.map(requestsOf).reduce(sumUsage, {})
  const lacking = wanted.filter(
    ([name, amount]) => compareQuantities(addQuantities(taken[name] ?? '0', amount), room[name] ?? '0') > 0,
  )
  const tooMany = present.length >= Number(room['pods'] ?? 0) ? ['Too many pods'] : []
  const reasons = [...tooMany, ...lacking.map(([name]) => `Insufficient ${name}`)]
  if (reasons.length === 0) return undefined
  return { reasons, forRoom: lacking.every(([name, amount]) => compareQuantities(amount, room[name] ?? '0') <= 0) }
}

/** What its containers request, by the names that nodes use. */
const requestsOf = (pod: Pod): Usage =>
  Object.fromEntries(
    Object.entries(usageOf(resources.pods, pod)).flatMap(([name, amount]) =>
      name.startsWith('requests.') ? [[name.slice('requests.'.length), amount] as const] : [],
    ),
  )
