import type { Rollout, RolloutSpec, RolloutStatus } from '#api/rollout.ts'
import { readFieldOrder, readType } from '#engine/pod-hash/field-order.ts'
import { podFieldTable } from '#engine/pod-hash/field-order-table.ts'
import { rolloutFieldTable } from './rollout-field-table.ts'
import { nothingDropped, typedValue } from './typed-value.ts'

const order = readFieldOrder({ ...podFieldTable, ...rolloutFieldTable })
const specType = readType('RolloutSpec')
const statusType = readType('RolloutStatus')

export interface NormalisedRollout {
  readonly rollout: Rollout
  /** Paths of all that was left out, for people to see (OPS-83). */
  readonly droppedPaths: readonly string[]
  /** Those of them that the API knows but that held the wrong type; such an object gets status patches only (OPS-82). */
  readonly malformedPaths: readonly string[]
}

/**
 * A Rollout as the typed API reads it (REC-20): unknown fields dropped, wrong types zeroed, quantities and times in
 * canonical text, empty fields absent. Total: any JSON gives a Rollout, if an invalid one. Metadata is kept as it is.
 */
export function normaliseRollout(raw: Rollout): NormalisedRollout {
  const dropped = nothingDropped()
  const spec = typedValue(order, specType, raw.spec, 'spec', dropped) as RolloutSpec | undefined
  const status = typedValue(order, statusType, raw.status, 'status', dropped) as RolloutStatus | undefined
  const { apiVersion, metadata } = raw
  return {
    rollout: { apiVersion, kind: 'Rollout', metadata, spec: spec ?? {}, ...(status !== undefined && { status }) },
    droppedPaths: [...dropped.unknown, ...dropped.malformed],
    malformedPaths: dropped.malformed,
  }
}
