import type { TrafficWeight } from '#api/rollout.ts'
import { jsonEqual } from '#lib/json-patch.ts'
import type { StoredWeights } from './routed-split.ts'

interface Sent {
  readonly weight: number
  readonly maxWeight: number
  readonly canaryHash: string
  readonly stableHash: string
  /** As the spec names them, whatever the router goes by (TR-22). */
  readonly canaryService: string
  readonly stableService: string
  readonly destinations: readonly TrafficWeight[]
}

/** `status.canary.weights` of what was sent (TR-22). Stable has what is left, and less than nothing where an Experiment asks for too much. */
export function weightsStatus(sent: Sent): StoredWeights {
  const { weight, maxWeight, destinations } = sent
  const additional = destinations.reduce((sum, each) => sum + each.weight, 0)
  return {
    canary: side(weight, sent.canaryService, sent.canaryHash),
    stable: side(maxWeight - weight - additional, sent.stableService, sent.stableHash),
    ...(destinations.length > 0 && { additional: destinations }),
  }
}

const side = (weight: number, serviceName: string, podTemplateHash: string): TrafficWeight => ({
  weight,
  ...(serviceName !== '' && { serviceName }),
  ...(podTemplateHash !== '' && { podTemplateHash }),
})

/** Something else than whether it is verified differs (TR-23). */
export const areWeightsModified = (before: StoredWeights | undefined, after: StoredWeights): boolean =>
  before === undefined || !jsonEqual({ ...before, verified: undefined }, { ...after, verified: undefined })

/** The message of `TrafficWeightUpdated` (TR-23); it ends with a space where only hashes differ. */
export function weightsMessage(before: StoredWeights | undefined, after: StoredWeights): string {
  const { weight } = after.canary
  const moved =
    before === undefined
      ? `to ${weight}`
      : before.canary.weight === weight
        ? ''
        : `from ${before.canary.weight} to ${weight}`
  const isOther = before !== undefined && !jsonEqual(before.additional ?? [], after.additional ?? [])
  const additional = isOther ? `additional: ${listed(after.additional ?? [])}` : ''
  return `Traffic weight updated ${[moved, additional].filter((part) => part !== '').join(', ')}`
}

/** As Go prints a list of structs. */
const listed = (weights: readonly TrafficWeight[]): string =>
  `[${weights.map(({ weight, serviceName = '', podTemplateHash = '' }) => `{${weight} ${serviceName} ${podTemplateHash}}`).join(' ')}]`
