import type { Container, PodTemplateSpec } from '#api/core.ts'
import type { RolloutKey } from '#contract/views.ts'
import { podTemplateHash } from '#engine/pod-hash/pod-template-hash.ts'
import { remembered, rememberedTexts } from '#lib/remembered.ts'

/** Environment variables that name the place a pod runs in: they differ between clusters on purpose. */
export const expectedToDiffer: ReadonlySet<string> = new Set([
  'CLUSTER',
  'CLUSTER_NAME',
  'REGION',
  'ZONE',
  'AWS_REGION',
  'ENVIRONMENT',
])

/** True for the whole path of a field that differs between clusters on purpose: how many pods, and what names the place. */
export const isExpectedToDiffer = (at: string): boolean =>
  fieldsExpected.has(at) || expectedToDiffer.has(/\.env\[([^\]]+)\]$/.exec(at)?.[1] ?? '')

const fieldsExpected: ReadonlySet<string> = new Set([
  'spec.replicas',
  'spec.paused',
  'spec.restartAt',
  'spec.template.metadata.annotations.kubectl.kubernetes.io/restartedAt',
])

/**
 * A hash by which the same template in two clusters is recognised, fields that are expected to differ left out. A fleet runs the same
 * templates in many clusters: what is the same to the letter is worked out once.
 */
export const driftPrint = remembered((template: PodTemplateSpec): string => {
  const compared = comparedOf(template)
  return printOf(JSON.stringify(compared), () => podTemplateHash(compared))
})

const printOf = rememberedTexts<string>()

function comparedOf(template: PodTemplateSpec): PodTemplateSpec {
  const { spec } = template
  return spec === undefined
    ? template
    : { ...template, spec: { ...spec, containers: (spec.containers ?? []).map(withoutExpected) } }
}

function withoutExpected(container: Container): Container {
  const { env } = container
  if (!Array.isArray(env)) return container
  return { ...container, env: env.filter((each: { readonly name?: string }) => !expectedToDiffer.has(each.name ?? '')) }
}

/**
 * Which rollouts of one application (same namespace and name in several clusters) are marked as drifted: those whose print is not
 * the one that most have; all of them when no print leads (UI-STAT-7). A single cluster never drifts.
 */
export function drifted(prints: ReadonlyMap<RolloutKey, string>): ReadonlySet<RolloutKey> {
  if (new Set(prints.values()).size < 2) return new Set()
  const counts = new Map<string, number>()
  for (const print of prints.values()) counts.set(print, (counts.get(print) ?? 0) + 1)
  const most = Math.max(...counts.values())
  const leaders = [...counts].filter(([, count]) => count === most).map(([print]) => print)
  const majority = leaders.length === 1 ? leaders[0] : undefined
  return new Set([...prints].filter(([, print]) => print !== majority).map(([key]) => key))
}
