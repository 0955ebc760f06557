import type { ActionName } from '#contract/views.ts'
import type { ActionParameters } from '#engine/actions/plan-action.ts'
import { parseGoDuration } from '#lib/go-duration.ts'
import { UsageError } from './io.ts'

/** One action on some names, as a command line asks for it. */
export interface Wish {
  readonly action: ActionName
  readonly names: readonly string[]
  readonly parameters: ActionParameters
}

export interface PromoteFlags {
  readonly full?: boolean
  readonly skipCurrentStep?: boolean
  readonly skipAllSteps?: boolean
}

/** ACT-21, and the precedence of ACT-23. */
export function promotionOf(names: readonly string[], { full, skipCurrentStep, skipAllSteps }: PromoteFlags): Wish {
  if (skipCurrentStep === true && skipAllSteps === true)
    throw new UsageError('Cannot use skip-current-step and skip-all-steps flags at the same time')
  if (skipCurrentStep === true) return { action: 'skipStep', names, parameters: {} }
  if (skipAllSteps === true) return { action: 'skipStep', names, parameters: { allSteps: true } }
  return { action: full === true ? 'promoteFull' : 'promote', names, parameters: {} }
}

export interface RestartFlags {
  readonly in?: string
  readonly cancel?: boolean
}

export function restartOf(names: readonly string[], options: RestartFlags): Wish {
  const delay = options.in
  if (options.cancel === true && delay !== undefined) throw new UsageError('--in and --cancel cannot be used together')
  if (options.cancel === true) return { action: 'cancelRestart', names, parameters: {} }
  if (delay !== undefined && !parseGoDuration(delay).ok) throw new UsageError(`invalid duration "${delay}"`)
  return { action: 'restart', names, parameters: { delay } }
}

export function revisionOf(text: string | undefined): ActionParameters {
  if (text === undefined) return {}
  if (!/^\d{1,15}$/.test(text)) throw new UsageError(`--to-revision must be a number, not "${text}"`)
  return { toRevision: Number(text) }
}

/** ACT-110: exactly one `=`. */
export function imageOf(assignment: string): ActionParameters {
  const [container, image, ...rest] = assignment.split('=')
  if (container === undefined || container === '' || image === undefined || image === '' || rest.length > 0)
    throw new UsageError(`expected container=image, not "${assignment}"`)
  return { images: [{ container, image }] }
}
