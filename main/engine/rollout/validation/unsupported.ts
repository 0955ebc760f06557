import type { CanaryStep, RolloutSpec } from '#api/rollout.ts'
import { pluginError } from '#engine/traffic/plugins.ts'
import { forbidden, type SpecError } from './spec-error.ts'

const stepKinds = ['plugin'] as const

/**
 * What this engine cannot drive. Such a Rollout is refused as a whole and left exactly as it is, because driving the
 * rest of it would skip a gate or move pods under live traffic weights. A row goes when its feature arrives.
 */
const rows: readonly { readonly uses: (spec: RolloutSpec) => boolean; readonly path: string; readonly what: string }[] =
  stepKinds.map((kind) => ({ uses: hasStep(kind), path: 'spec.strategy.canary.steps', what: `${kind} steps` }))

export function unsupportedFeature(spec: RolloutSpec): SpecError | undefined {
  const row = rows.find(({ uses }) => uses(spec))
  if (row !== undefined)
    return forbidden(row.path, `Argosy does not drive ${row.what} yet and leaves this rollout untouched`)
  return unknownPlugin(spec)
}

function hasStep(kind: keyof CanaryStep): (spec: RolloutSpec) => boolean {
  return ({ strategy }) => (strategy?.canary?.steps ?? []).some((step) => step[kind] !== undefined)
}

/** PLG-2: plugins are programs of the in-cluster controller; the one for the Gateway API is built in here. */
function unknownPlugin({ strategy }: RolloutSpec): SpecError | undefined {
  const error = pluginError(strategy?.canary?.trafficRouting ?? {})
  const hint = 'Argosy cannot run it; this rollout can be observed here, and driven by the controller in the cluster'
  return error === undefined ? undefined : forbidden('spec.strategy.canary.trafficRouting.plugins', `${error}. ${hint}`)
}
