import type { Scenario } from '../scenario.ts'
import { abortThenEditBack } from './abort-then-edit-back.ts'
import { analysisArguments } from './analysis-arguments.ts'
import { analysisBackground } from './analysis-background.ts'
import { analysisBlueGreen } from './analysis-blue-green.ts'
import { analysisErrors } from './analysis-errors.ts'
import { analysisInconclusive } from './analysis-inconclusive.ts'
import { analysisStep } from './analysis-step.ts'
import { autoscaled } from './autoscaled.ts'
import { blueGreenAbort } from './blue-green-abort.ts'
import { collisions } from './collisions.ts'
import { invalidSpec } from './invalid-spec.ts'
import { progressDeadline } from './progress-deadline.ts'
import { quotaRaised } from './quota.ts'
import { restart } from './restart.ts'
import { rollbackWithinWindow } from './rollback-within-window.ts'
import { scaledToZero } from './scaled-to-zero.ts'
import { smallCanaries } from './small-canaries.ts'
import { specChangedMidStep } from './spec-changed-mid-step.ts'
import { strategyChanged } from './strategy-changed.ts'
import { takeover } from './takeover.ts'
import { workloadRef, workloadRefWithoutRoom } from './workload-ref.ts'

/** By the names they are asked for with. */
export const scenarios: Readonly<Record<string, Scenario>> = {
  '01-spec-changed-mid-step': specChangedMidStep,
  '02-abort-then-edit-back': abortThenEditBack,
  '03-rollback-within-window': rollbackWithinWindow,
  '04-blue-green-abort': blueGreenAbort,
  '05-scaled-to-zero': scaledToZero,
  '06-progress-deadline': progressDeadline,
  '07-workload-ref': workloadRef,
  '07b-workload-ref-without-room': workloadRefWithoutRoom,
  '08-restart': restart,
  '09-strategy-changed': strategyChanged,
  '10-takeover': takeover,
  '11-small-canaries': smallCanaries,
  '12-invalid-spec': invalidSpec,
  '13-quota': quotaRaised,
  '14-collisions': collisions,
  '15-autoscaled': autoscaled,
  '16-analysis-step': analysisStep,
  '17-analysis-inconclusive': analysisInconclusive,
  '18-analysis-errors': analysisErrors,
  '19-analysis-background': analysisBackground,
  '20-analysis-blue-green': analysisBlueGreen,
  '21-analysis-arguments': analysisArguments,
}
