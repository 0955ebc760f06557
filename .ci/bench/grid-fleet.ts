import type { ClusterView, RolloutView } from '#contract/views.ts'
import { aCluster, actionsFor, aRollout, largeFleet } from '#test/support/fixture-fleet.ts'

export interface GridFleet {
  readonly clusters: readonly ClusterView[]
  readonly rollouts: readonly RolloutView[]
}

/**
 * Two fleets of 10,000 rollouts, the size UI-VIRT-1 names. `dense`: 500 applications, each in 20 clusters. `tall`: 10,000
 * applications, each in one of 100 clusters, so that nearly every cell says that nothing is deployed there.
 */
export const gridShapes = ['dense', 'tall'] as const
export type GridShape = (typeof gridShapes)[number]

const size = 10_000
const tallColumns = 100

export function gridFleet(shape: GridShape, now: number): GridFleet {
  if (shape === 'dense') return largeFleet(now, size)
  const contexts = Array.from({ length: tallColumns }, (_, index) => `edge-${String(index + 1).padStart(3, '0')}`)
  const rollouts = Array.from({ length: size }, (_, index) => tallRollout(index, contexts, now))
  const rolloutCount = size / tallColumns
  return { clusters: contexts.map((context) => aCluster(context, now, { rolloutCount })), rollouts }
}

/** Two in a hundred are on their way, as in the dense fleet. */
function tallRollout(index: number, contexts: readonly string[], now: number): RolloutView {
  const context = contexts[index % contexts.length] ?? ''
  const name = `app-${String(index).padStart(5, '0')}`
  if (index % 50 !== 0) return aRollout(now, { context, name })
  return aRollout(now, {
    context,
    name,
    status: 'Progressing',
    setWeight: 20,
    actualWeight: 20,
    stepIndex: 2,
    stableVersion: '1.18.0',
    actions: actionsFor('Progressing'),
  })
}
