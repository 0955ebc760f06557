import type { Rollout, RolloutSpec, RolloutStatus } from '#api/rollout.ts'
import { type FieldType, readFieldOrder, readType } from '#engine/pod-hash/field-order.ts'
import { podFieldTable } from '#engine/pod-hash/field-order-table.ts'
import { remembered } from '#lib/remembered.ts'
import { rolloutFieldTable } from './rollout-field-table.ts'
import { type Dropped, nothingDropped, typedValue } from './typed-value.ts'

/** The fields of a Rollout, of its pod template and of all that is inside them. */
export const rolloutFieldOrder = readFieldOrder({ ...podFieldTable, ...rolloutFieldTable })

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
  const spec = specOf(raw.spec)
  const status = statusOf(raw.status)
  const { apiVersion, metadata } = raw
  const malformedPaths = [...spec.dropped.malformed, ...status.dropped.malformed]
  return {
    rollout: {
      apiVersion,
      kind: 'Rollout',
      metadata,
      spec: (spec.value ?? {}) as RolloutSpec,
      ...(status.value !== undefined && { status: status.value as RolloutStatus }),
    },
    droppedPaths: [...spec.dropped.unknown, ...status.dropped.unknown, ...malformedPaths],
    malformedPaths,
  }
}

interface Part {
  readonly value: unknown
  readonly dropped: Dropped
}

/** Reading takes most of a round, and a round changes one of the two parts at most. */
const partReader = (type: FieldType, path: string) =>
  remembered((raw: unknown): Part => {
    const dropped = nothingDropped()
    return { value: typedValue(rolloutFieldOrder, type, raw, path, dropped), dropped }
  })

const specOf = partReader(readType('RolloutSpec'), 'spec')
const statusOf = partReader(readType('RolloutStatus'), 'status')
