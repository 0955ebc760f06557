import type { CanaryStep } from '#api/rollout.ts'
import { parseGoDuration } from '#lib/go-duration.ts'
import { failure, type Outcome, success } from '#lib/outcome.ts'

/** The steps of a canary in one line, `20, pause, 50, pause:10m`; an empty line is none. The error is a sentence. */
export function parseSteps(text: string): Outcome<readonly CanaryStep[], string> {
  const steps: CanaryStep[] = []
  const words = text.split(',').map((word) => word.trim())
  if (words.every((word) => word === '')) return success([])
  for (const word of words) {
    const step = stepOf(word)
    if (step === undefined)
      return failure(`"${word}" is no step: a weight from 0 to 100, pause, or pause:10m is expected`)
    steps.push(step)
  }
  return success(steps)
}

function stepOf(word: string): CanaryStep | undefined {
  const weight = /^(\d{1,3})%?$/.exec(word)?.[1]
  if (weight !== undefined) return Number(weight) <= 100 ? { setWeight: Number(weight) } : undefined
  if (word === 'pause') return { pause: {} }
  const duration = /^pause:(.+)$/.exec(word)?.[1]?.trim()
  const parsed = duration === undefined ? undefined : parseGoDuration(duration)
  return parsed?.ok === true && parsed.value > 0 ? { pause: { duration: duration ?? '' } } : undefined
}
