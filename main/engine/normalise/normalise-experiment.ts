import type { Experiment, ExperimentSpec, ExperimentStatus, ExperimentTemplate } from '#api/experiment.ts'
import { type FieldType, readFieldOrder, readType } from '#engine/pod-hash/field-order.ts'
import { podFieldTable } from '#engine/pod-hash/field-order-table.ts'
import { remembered } from '#lib/remembered.ts'
import { experimentFieldTable } from './experiment-field-table.ts'
import { nothingDropped, typedValue } from './typed-value.ts'

const order = readFieldOrder({ ...podFieldTable, ...experimentFieldTable })

/**
 * An Experiment as the typed API reads it, as for Rollouts (REC-20): unknown fields dropped, wrong types zeroed, quantities and times
 * in canonical text, empty fields absent. Total: any JSON gives an Experiment, if an invalid one. Metadata is kept as it is.
 */
export function normaliseExperiment({ apiVersion, metadata, spec, status }: Experiment): Experiment {
  const known = (specOf(spec) ?? {}) as Partial<ExperimentSpec>
  const read = statusOf(status)
  return {
    apiVersion,
    kind: 'Experiment',
    metadata,
    spec: { ...known, templates: (known.templates ?? []).map(withName) },
    ...(read !== undefined && { status: read as ExperimentStatus }),
  }
}

/** Validation says that it has none (EXP-201). */
const withName = ({ name = '', template = {}, ...rest }: Partial<ExperimentTemplate>): ExperimentTemplate => ({
  ...rest,
  name,
  template,
})

const partReader = (type: FieldType, path: string) =>
  remembered((raw: unknown): unknown => typedValue(order, type, raw, path, nothingDropped()))

const specOf = partReader(readType('ExperimentSpec'), 'spec')
const statusOf = partReader(readType('ExperimentStatus'), 'status')
