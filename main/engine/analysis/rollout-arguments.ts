import type { AnalysisArgument } from '#api/analysis.ts'
import type { AnalysisRunArgument, Rollout } from '#api/rollout.ts'
import { fieldOf, isOfMetadata } from './field-ref.ts'

interface Origin {
  readonly rollout: Rollout
  /** The pod-template-hash labels of the current and of the stable ReplicaSet; empty where there is none. */
  readonly latestHash: string
  readonly stableHash: string
}

export interface GivenArguments {
  /** Each with a value, an empty one at least (ANA-304). */
  readonly args: readonly AnalysisArgument[]
  /** A field that could not be read. One of the metadata takes all arguments with it. */
  readonly error: string | undefined
}

/** What a Rollout gives to an analysis (ANA-304…307). */
export function argumentsOf(args: readonly AnalysisRunArgument[], origin: Origin): GivenArguments {
  const given: AnalysisArgument[] = []
  // As in the reference, a later field that can be read makes up for an earlier one that could not (ANA-307).
  let error: string | undefined
  for (const { name, value = '', valueFrom } of args) {
    const fieldPath = valueFrom?.fieldRef?.fieldPath
    const hash = valueFrom?.podTemplateHashValue
    if (hash !== undefined) given.push({ name, value: hashNamed(hash, origin) ?? value })
    else if (fieldPath === undefined) given.push({ name, value })
    else {
      const field = fieldOf(origin.rollout, fieldPath)
      if (!field.ok && isOfMetadata(fieldPath)) return { args: [], error: field.error }
      error = field.ok ? undefined : field.error
      given.push({ name, value: field.ok ? field.value : '' })
    }
  }
  return { args: given, error }
}

function hashNamed(name: string, { latestHash, stableHash }: Origin): string | undefined {
  if (name === 'Latest') return latestHash
  return name === 'Stable' ? stableHash : undefined
}
