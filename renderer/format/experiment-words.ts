import type { ExperimentTemplateView } from '#contract/experiment-views.ts'
import type { IconName } from '../ui/icon-names.ts'
import type { StatusTone } from './status-words.ts'

type State = ExperimentTemplateView['state']

/** Of the pods of a template: starting, there, ended as they should, or not. */
export const templateTones: Readonly<Record<State, StatusTone>> = {
  Progressing: 'progressing',
  Running: 'healthy',
  Successful: 'unknown',
  Failed: 'degraded',
  Error: 'degraded',
  Unknown: 'unknown',
}

export const templateIcons: Readonly<Record<State, IconName>> = {
  Progressing: 'progressing',
  Running: 'healthy',
  Successful: 'healthyq',
  Failed: 'degraded',
  Error: 'warn',
  Unknown: 'unknown',
}
