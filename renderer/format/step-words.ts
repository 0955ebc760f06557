import type { StepView } from '#contract/views.ts'
import { assertNever } from '#lib/assert.ts'
import { formatDuration } from './duration.ts'
import type { Text } from './text.ts'

/** One step in words: `Set weight 40%`, `Pause 10 min`, `Pause until promoted`. */
export function stepWords(text: Text, { step }: StepView): string {
  switch (step.kind) {
    case 'setWeight':
      return text('step.setWeight', { weight: step.weight })
    case 'pause':
      return step.durationMs === undefined
        ? text('step.pauseOpen')
        : text('step.pause', { time: formatDuration(step.durationMs) })
    case 'setCanaryScale':
      return text('step.setCanaryScale', { detail: step.text })
    case 'analysis':
      return text('step.analysis', { templates: step.templates.join(', ') })
    case 'experiment':
      return text('step.experiment', { templates: step.templates.join(', ') })
    case 'plugin':
      return text('step.plugin', { detail: step.text })
    case 'setHeaderRoute':
      return text('step.setHeaderRoute', { detail: step.text })
    case 'setMirrorRoute':
      return text('step.setMirrorRoute', { detail: step.text })
    case 'blueGreen':
      return text(`step.blueGreen.${step.text}`)
    case 'unknown':
      return text('step.unknown')
    default:
      return assertNever(step)
  }
}
