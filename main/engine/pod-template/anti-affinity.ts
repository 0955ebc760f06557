import type { PodSpec, PodTemplateSpec } from '#api/core.ts'
import { labels } from '#api/keys.ts'
import type { AntiAffinity } from '#api/rollout.ts'
import { isRecord } from '#engine/normalise/typed-value.ts'

type Node = Readonly<Record<string, unknown>>

const preferred = 'preferredDuringSchedulingIgnoredDuringExecution'
const required = 'requiredDuringSchedulingIgnoredDuringExecution'

/** Keeps pods of the update away from nodes that run pods of `stableRS`. */
export interface AntiAffinityRule {
  readonly antiAffinity: AntiAffinity | undefined
  /** `status.stableRS`; empty before the first deploy. */
  readonly stableRS: string
  /** Label of the ReplicaSet the template is for (REC-48 says why not the computed hash). */
  readonly podHash: string
  readonly namespace: string
}

/** The template with the rule of REC-48 appended, or unchanged when none is configured or there is nothing to avoid. */
export function withAntiAffinity(template: PodTemplateSpec, rule: AntiAffinityRule): PodTemplateSpec {
  const { antiAffinity, stableRS, podHash, namespace } = rule
  const kind = configuredKind(antiAffinity)
  if (kind === undefined || stableRS === '' || stableRS === podHash) return template
  const term = {
    labelSelector: { matchExpressions: [{ key: labels.podTemplateHash, operator: 'In', values: [stableRS] }] },
    namespaces: [namespace],
    topologyKey: 'kubernetes.io/hostname',
  }
  const entry = kind === required ? term : { weight: antiAffinity?.[preferred]?.weight ?? 0, podAffinityTerm: term }
  const affinity = template.spec?.affinity ?? {}
  const podAntiAffinity = recordOf(affinity['podAntiAffinity'])
  return withAffinity(template, {
    ...affinity,
    podAntiAffinity: { ...podAntiAffinity, [kind]: [...listOf(podAntiAffinity[kind]), entry] },
  })
}

/** The pod hash that an injected rule of the configured kind avoids; `undefined` when there is no such rule (REC-49). */
export function avoidedPodHash(template: PodTemplateSpec, antiAffinity: AntiAffinity | undefined): string | undefined {
  const kind = configuredKind(antiAffinity)
  if (kind === undefined) return undefined
  const entries = listOf(recordOf(template.spec?.affinity?.['podAntiAffinity'])[kind])
  const [hash] = entries.map(hashAvoidedBy).filter((each) => each !== undefined)
  return hash
}

/**
 * The template without the injected rule, with what it leaves empty collapsed: lists, `podAntiAffinity`, `affinity`
 * (REC-49; the reference leaves an emptied preferred list behind and then fails to recognise its own ReplicaSet).
 */
export function withoutAntiAffinity(template: PodTemplateSpec): PodTemplateSpec {
  const affinity = template.spec?.affinity
  const podAntiAffinity = recordOf(affinity?.['podAntiAffinity'])
  const kind = [preferred, required].find((each) => listOf(podAntiAffinity[each]).some(isInjected))
  if (affinity === undefined || kind === undefined) return template
  const entries = listOf(podAntiAffinity[kind])
  const left = entries.toSpliced(entries.findIndex(isInjected), 1)
  const collapsed = withMember(podAntiAffinity, kind, left.length === 0 ? undefined : left)
  const isEmpty = [preferred, required].every((each) => listOf(collapsed[each]).length === 0)
  return withAffinity(template, withMember(affinity, 'podAntiAffinity', isEmpty ? undefined : collapsed))
}

const configuredKind = (antiAffinity: AntiAffinity | undefined): typeof preferred | typeof required | undefined =>
  antiAffinity?.[preferred] !== undefined ? preferred : antiAffinity?.[required] !== undefined ? required : undefined

const isInjected = (entry: unknown): boolean => hashAvoidedBy(entry) !== undefined

function hashAvoidedBy(entry: unknown): string | undefined {
  const record = recordOf(entry)
  const term = isRecord(record['podAffinityTerm']) ? record['podAffinityTerm'] : record
  const expressions = listOf(recordOf(term['labelSelector'])['matchExpressions']).map(recordOf)
  const rule = expressions.find((each) => each['key'] === labels.podTemplateHash)
  const [avoided] = listOf(rule?.['values'])
  return typeof avoided === 'string' ? avoided : undefined
}

function withAffinity(template: PodTemplateSpec, affinity: Node): PodTemplateSpec {
  const spec: PodSpec = template.spec ?? { containers: [] }
  const { affinity: _replaced, ...rest } = spec
  return {
    ...template,
    spec: { ...rest, containers: spec.containers, ...(Object.keys(affinity).length > 0 && { affinity }) },
  }
}

function withMember(node: Node, name: string, value: unknown): Node {
  const { [name]: _replaced, ...rest } = node
  return value === undefined ? rest : { ...rest, [name]: value }
}

const recordOf = (value: unknown): Node => (isRecord(value) ? value : {})
const listOf = (value: unknown): readonly unknown[] => (Array.isArray(value) ? value : [])
