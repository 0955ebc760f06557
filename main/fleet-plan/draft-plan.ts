import { stringify } from 'yaml'
import { controllerNamespace } from '#api/keys.ts'
import { parseRolloutKey } from '#contract/keys.ts'
import type { RolloutKey } from '#contract/views.ts'
import { failure, type Outcome, success } from '#lib/outcome.ts'
import type { Cluster } from '#main/cluster/cluster.ts'

/**
 * A plan to begin with, as text: these Rollouts with the images of the first one, its cluster as a pilot, the rest after it. Failure: what
 * is wrong with the choice.
 */
export function draftPlan(
  keys: readonly RolloutKey[],
  clusterOf: (context: string) => Cluster | undefined,
): Outcome<string, string> {
  const members = keys.flatMap((key) => parseRolloutKey(key) ?? [])
  const [first] = members
  if (first === undefined) return failure('Choose at least one Rollout.')
  const { context, namespace, name } = first
  const rollout = clusterOf(context)?.cache('rollouts').get(`${namespace}/${name}`)
  const containers = rollout?.spec.template?.spec?.containers ?? []
  const images = Object.fromEntries(containers.map((each) => [each.name, each.image ?? '']))
  const isAlone = members.every((each) => each.context === context)
  return success(
    stringify(
      {
        name,
        home: { context, namespace: controllerNamespace },
        change: containers.length === 0 ? { gate: {} } : { setImage: images },
        members: members.map((each) => ({ context: each.context, namespace: each.namespace, rollout: each.name })),
        waves: isAlone
          ? [{ name: 'all' }]
          : [{ name: 'pilot', select: { contexts: [context] }, pilot: true }, { name: 'rest' }],
      },
      { lineWidth: 0 },
    ),
  )
}
