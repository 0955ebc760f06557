import type { ReplicaSet } from '#api/apps.ts'
import type { Rollout } from '#api/rollout.ts'
import { existingOf, podHashOf, revisionOf } from '#engine/rollout/replica-set/facts.ts'
import { replicasOf } from '#engine/rollout/spec-defaults.ts'
import { shownPhase } from '#engine/status/phase.ts'
import { colourOfRole, type RoleTag, rolesOf } from './replica-set-row.ts'
import type { ShownRollout } from './shown-rollout.ts'
import { actualWeightOf, setWeightOf, stepOf, strategyOf } from './shown-weights.ts'
import { rolloutStatus } from './status-icons.ts'
import { type Cell, paint } from './text-table.ts'

const labelWidth = 17

/** What stands above the tree: a label and a value on each line (VIEW-70…80). */
export function rolloutHeader(shown: ShownRollout, colours: boolean): readonly string[] {
  const { rollout, replicaSets } = shown
  const line = (label: string, ...value: readonly Cell[]) =>
    `${label.padEnd(labelWidth)}${value.map((each) => paint(each, colours)).join('')}`.trimEnd()
  const { phase, message } = shownPhase(rollout)
  const strategy = strategyOf(rollout)
  return [
    line('Name:', { text: rollout.metadata.name }),
    line('Namespace:', { text: rollout.metadata.namespace ?? '' }),
    line('Status:', ...rolloutStatus(phase)),
    ...(message === '' ? [] : [line('Message:', { text: message })]),
    ...abortLines(shown).map((text) => line('', { text })),
    line('Strategy:', { text: strategy }),
    ...(strategy === 'Canary' ? weightLines(rollout, replicaSets) : []).map(([label, text]) => line(label, { text })),
    ...imagesOf(shown).map((image, index) => line(index === 0 ? 'Images:' : '', ...image)),
    'Replicas:',
    ...replicaLines(rollout).map(([label, count]) => line(label, { text: String(count) })),
  ]
}

/** What an aborted Rollout serves meanwhile (VIEW-64). */
function abortLines({ rollout: { status }, replicaSets }: ShownRollout): readonly string[] {
  if (status?.abort !== true || status.stableRS === status.currentPodHash) return []
  const revisionWith = (hash: string | undefined) => revisionOf(replicaSets.find((each) => podHashOf(each) === hash))
  const [stable, desired] = [revisionWith(status.stableRS), revisionWith(status.currentPodHash)]
  return stable === undefined || desired === undefined
    ? []
    : [`stable revision ${stable} serving 100 %, desired revision ${desired} not live`]
}

const weightLines = (rollout: Rollout, replicaSets: readonly ReplicaSet[]) =>
  [
    ['  Step:', stepOf(rollout)],
    ['  SetWeight:', String(setWeightOf(rollout))],
    ['  ActualWeight:', String(actualWeightOf(rollout, replicaSets))],
  ] as const

/** VIEW-76. */
const replicaLines = ({ spec, status }: Rollout) =>
  [
    ['  Desired:', replicasOf(spec)],
    ['  Current:', status?.replicas ?? 0],
    ['  Updated:', status?.updatedReplicas ?? 0],
    ['  Ready:', status?.readyReplicas ?? 0],
    ['  Available:', status?.availableReplicas ?? 0],
  ] as const

/** `image (tag, tag)` of what has pods, by image; tags merged from several ReplicaSets are sorted (VIEW-16, VIEW-80). */
function imagesOf({ rollout, replicaSets }: ShownRollout): readonly (readonly Cell[])[] {
  const tags = new Map<string, readonly RoleTag[]>()
  for (const each of replicaSets.filter((candidate) => existingOf(candidate) > 0))
    for (const { image = '' } of each.spec.template.spec?.containers ?? []) {
      const known = tags.get(image)
      const roles = rolesOf(each, rollout)
      tags.set(image, known === undefined ? roles : [...new Set([...known, ...roles])].sort())
    }
  return [...tags].sort(([a], [b]) => (a < b ? -1 : 1)).map(([image, roles]) => imageCells(image, roles))
}

const imageCells = (image: string, roles: readonly RoleTag[]): readonly Cell[] =>
  roles.length === 0
    ? [{ text: image }]
    : [
        { text: `${image} (` },
        ...roles.flatMap((role, index): readonly Cell[] => [
          ...(index === 0 ? [] : [{ text: ', ' }]),
          { text: role, colour: colourOfRole(role) },
        ]),
        { text: ')' },
      ]
