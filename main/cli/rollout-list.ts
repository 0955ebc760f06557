import type { Rollout } from '#api/rollout.ts'
import { normaliseRollout } from '#engine/normalise/normalise-rollout.ts'
import { replicasOf } from '#engine/rollout/spec-defaults.ts'
import { shownPhase } from '#engine/status/phase.ts'
import { factsOf } from '#main/fleet/rollout-facts.ts'
import { weightsOf } from '#main/fleet/view/weights.ts'
import { stepOf, strategyOf } from './shown-strategy.ts'
import { rolloutStatus } from './status-icons.ts'
import { type Cell, formatTable } from './text-table.ts'

export interface ListedRollout {
  readonly context: string
  readonly rollout: Rollout
}

interface Column {
  readonly title: string
  readonly cell: (listed: ListedRollout) => readonly Cell[]
}

const textColumn = (title: string, text: (listed: ListedRollout) => string | number): Column => ({
  title,
  cell: (listed) => [{ text: String(text(listed)) }],
})

const context = textColumn('CONTEXT', (listed) => listed.context)
const namespace = textColumn('NAMESPACE', ({ rollout }) => rollout.metadata.namespace ?? '')

/** ACT-122. */
const columns: readonly Column[] = [
  textColumn('NAME', ({ rollout }) => rollout.metadata.name),
  textColumn('STRATEGY', ({ rollout }) => strategyOf(rollout) || 'unknown'),
  { title: 'STATUS', cell: ({ rollout }) => colouredPhase(shownPhase(rollout).phase) },
  textColumn('STEP', ({ rollout }) => stepOf(rollout) || '-'),
  textColumn('SET-WEIGHT', ({ rollout }) => (strategyOf(rollout) === 'Canary' ? setWeightOf(rollout) : '-')),
  textColumn('READY', ({ rollout: { status } }) => `${status?.readyReplicas ?? 0}/${status?.replicas ?? 0}`),
  textColumn('DESIRED', ({ rollout }) => replicasOf(rollout.spec)),
  textColumn('UP-TO-DATE', ({ rollout }) => rollout.status?.updatedReplicas ?? 0),
  textColumn('AVAILABLE', ({ rollout }) => rollout.status?.availableReplicas ?? 0),
]

const setWeightOf = (rollout: Rollout): number =>
  weightsOf(
    factsOf({
      context: '',
      rollout,
      replicaSets: [],
      pods: [],
      services: {},
      events: [],
      analysisRuns: [],
      experiments: [],
      workload: undefined,
    }),
  ).setWeight

/** The word in the colour of its icon; lists have no icons. */
function colouredPhase(phase: string): readonly Cell[] {
  const [icon] = rolloutStatus(phase)
  return [{ text: phase, ...(icon?.colour !== undefined && { colour: icon.colour }) }]
}

/** One line for each Rollout below the titles (ACT-122). */
export function formatList(
  rollouts: readonly ListedRollout[],
  shown: { readonly contexts: boolean; readonly namespaces: boolean; readonly colours: boolean },
): readonly string[] {
  const all = [...(shown.contexts ? [context] : []), ...(shown.namespaces ? [namespace] : []), ...columns]
  const titles = all.map(({ title }) => [{ text: title }])
  return formatTable(
    [titles, ...rollouts.map(normalised).map((each) => all.map(({ cell }) => cell(each)))],
    shown.colours,
  )
}

/** So that a badly typed object is shown and not stumbled over. */
const normalised = ({ context: name, rollout }: ListedRollout): ListedRollout => ({
  context: name,
  rollout: normaliseRollout(rollout).rollout,
})
