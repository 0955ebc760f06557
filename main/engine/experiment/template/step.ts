import type { Write } from '#engine/decision.ts'
import type { EpochMs } from '#lib/clock.ts'

/** What one part of a template, its ReplicaSet, Service or size, asks of a pass. */
export interface TemplateStep {
  /** Writes that pods and runs wait for. They come before the status, which tells of them as done. */
  readonly building: readonly Write[]
  /** Writes that nothing waits for. They come last, so that one that is refused does not keep the end from being told. */
  readonly cleanup: readonly Write[]
  /** The deadline of the template begins anew. */
  readonly moves: boolean
  /** Why the template is in Error (EXP-414). */
  readonly error: string | undefined
  readonly requeueAt: EpochMs | undefined
}

export const nothing: TemplateStep = {
  building: [],
  cleanup: [],
  moves: false,
  error: undefined,
  requeueAt: undefined,
}

export const failed = (error: string): TemplateStep => ({ ...nothing, error })
