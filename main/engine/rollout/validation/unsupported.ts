import type { CanaryStep, RolloutSpec } from '#api/rollout.ts'
import { forbidden, type SpecError } from './spec-error.ts'

const stepKinds = ['analysis', 'experiment', 'plugin'] as const

/**
 * What this engine cannot drive yet. Such a Rollout is refused as a whole and left exactly as it is, because driving the
 * rest of it would skip a gate or move pods under live traffic weights. A row goes when its feature arrives.
 */
const rows: readonly { readonly uses: (spec: RolloutSpec) => boolean; readonly path: string; readonly what: string }[] =
  [
    {
      uses: ({ strategy }) => strategy?.canary?.trafficRouting !== undefined,
      path: 'spec.strategy.canary.trafficRouting',
      what: 'traffic routing',
    },
    {
      uses: ({ strategy }) => strategy?.canary?.analysis !== undefined,
      path: 'spec.strategy.canary.analysis',
      what: 'analysis',
    },
    {
      uses: ({ strategy }) => strategy?.blueGreen?.prePromotionAnalysis !== undefined,
      path: 'spec.strategy.blueGreen.prePromotionAnalysis',
      what: 'analysis',
    },
    {
      uses: ({ strategy }) => strategy?.blueGreen?.postPromotionAnalysis !== undefined,
      path: 'spec.strategy.blueGreen.postPromotionAnalysis',
      what: 'analysis',
    },
    ...stepKinds.map((kind) => ({ uses: hasStep(kind), path: 'spec.strategy.canary.steps', what: `${kind} steps` })),
  ]

export function unsupportedFeature(spec: RolloutSpec): SpecError | undefined {
  const row = rows.find(({ uses }) => uses(spec))
  return row && forbidden(row.path, `Argosy does not drive ${row.what} yet and leaves this rollout untouched`)
}

/** Whether this engine can bring the step to its end. */
export const isSupportedStep = (step: CanaryStep): boolean => stepKinds.every((kind) => step[kind] === undefined)

function hasStep(kind: keyof CanaryStep): (spec: RolloutSpec) => boolean {
  return ({ strategy }) => (strategy?.canary?.steps ?? []).some((step) => step[kind] !== undefined)
}
