import type { AnalysisPhase } from '#api/analysis.ts'
import type { ExperimentStatus, TemplatePhase } from '#api/experiment.ts'
import { isCompleted, isWorse } from '#engine/analysis/metric-phase.ts'
import { formatSeconds } from '#lib/rfc3339.ts'
import { runStatusOf } from './analysis/reconcile.ts'
import { areRequiredRunsSuccessful, type Situation, templateStatusOf } from './situation.ts'

interface Verdict {
  readonly phase: AnalysisPhase
  readonly message: string
}

/**
 * The status with its phase (EXP-601…609).
 * @param next with the templates and analyses of this pass in place
 */
export function withPhase(next: ExperimentStatus, situation: Situation): ExperimentStatus {
  const { phase = '' } = next
  if (phase === '') return { ...next, phase: 'Pending' }
  if (isCompleted(phase)) return next
  const templates = assessTemplates(next, situation)
  const verdict = decide(templates, assessAnalyses(next, situation), next, situation)
  const { message: _before, ...rest } = next
  return {
    ...rest,
    phase: verdict.phase,
    ...(verdict.message !== '' && { message: verdict.message }),
    ...(templates.phase === 'Running' &&
      next.availableAt === undefined && { availableAt: formatSeconds(situation.now) }),
  }
}

/** EXP-605. */
function decide(templates: Verdict, analyses: Verdict, next: ExperimentStatus, { spec }: Situation): Verdict {
  const isAnalysisDone = isCompleted(analyses.phase)
  if (templates.phase === 'Successful') return isAnalysisDone || hasRequired(spec) ? analyses : templates
  if (isCompleted(templates.phase)) return templates
  if (isAnalysisDone && analyses.phase !== 'Successful') return analyses
  return areRequiredRunsSuccessful(spec, next) ? analyses : templates
}

const hasRequired = ({ analyses = [] }: Situation['spec']): boolean =>
  analyses.some(({ requiredForCompletion }) => requiredForCompletion === true)

/** Best to worst (EXP-105). */
const badness: readonly TemplatePhase[] = ['Successful', 'Running', 'Progressing', 'Error', 'Failed']

/** EXP-602. */
const phaseOf: Readonly<Record<TemplatePhase, AnalysisPhase>> = {
  Successful: 'Successful',
  Running: 'Running',
  Progressing: 'Pending',
  Error: 'Error',
  Failed: 'Failed',
}

/** EXP-602: the worst template, with the message of the first that is so bad. Without templates: Successful (EXP-1308). */
function assessTemplates(next: ExperimentStatus, { spec }: Situation): Verdict {
  let worst: TemplatePhase = 'Successful'
  let text = ''
  for (const { name } of spec.templates) {
    const { status = 'Successful', message = '' } = templateStatusOf(next, name) ?? { status: 'Progressing' as const }
    if (badness.indexOf(status) <= badness.indexOf(worst)) continue
    worst = status
    text = message
  }
  return { phase: phaseOf[worst], message: text }
}

/**
 * EXP-603. Differs from the reference once everything is to end: analyses that nothing requires and that are not done count as
 * Successful, for the Experiment would else wait for runs that it has ended itself (EXP-1301).
 */
function assessAnalyses(next: ExperimentStatus, { spec, isTerminating }: Situation): Verdict {
  let worst: AnalysisPhase = 'Successful'
  let text = ''
  for (const { name, requiredForCompletion } of spec.analyses ?? []) {
    const { phase, message = '' } = runStatusOf(next, name)
    const mayBeLeft = isTerminating && requiredForCompletion !== true
    const counts = phase !== '' && (isCompleted(phase) || !mayBeLeft)
    if (!counts || !isWorse(worst, phase)) continue
    worst = phase
    text = message
  }
  if (worst === 'Successful' && areRequiredRunsSuccessful(spec, next))
    return { phase: worst, message: 'Required AnalysisRuns completed' }
  return { phase: worst === 'Pending' ? 'Running' : worst, message: text }
}
