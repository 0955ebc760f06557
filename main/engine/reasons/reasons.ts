import type { ReplicaSet } from '#api/apps.ts'
import { currentStep, describeStep } from '#engine/rollout/canary/steps.ts'
import { revisionOf } from '#engine/rollout/replica-set/facts.ts'
import { replicasOf } from '#engine/rollout/spec-defaults.ts'
import { findCondition } from '#engine/rollout/status/condition-list.ts'
import { pendingChange, shownPhase } from '#engine/status/phase.ts'
import { isUpdating, type StatusFacts } from '#engine/status/status-facts.ts'
import type { Reason } from '#lib/reason.ts'
import { parseTime } from '#lib/rfc3339.ts'
import { sentence } from '#lib/sentence.ts'
import { pauseReasons } from './paused.ts'
import { podTrouble } from './pod-trouble.ts'
import { creationTrouble, hasPodsLeaving, podsToCome } from './replica-set-trouble.ts'
import { deadlinePassed, rolloutOf, specTrouble } from './spec-trouble.ts'
import { trafficHeld } from './traffic-held.ts'

/**
 * Why a Rollout is where it is, as far as its objects tell: the decisive reason first; none when it is Healthy (VIEW-224). Whoever
 * drives it, the answer is the same. What only the shell knows, such as a write that was refused, comes from there.
 */
export function reasonsOf(facts: StatusFacts): readonly Reason[] {
  const { status, rollout } = facts
  if (status.abort === true) return [...abortReasons(facts), ...obstacles(facts)]
  if (pendingChange(rollout) !== undefined)
    return [{ cause: 'notObserved', object: rolloutOf(facts), since: undefined, values: {} }]
  const invalid = specTrouble(facts)
  if (invalid !== undefined) return [invalid]
  const { phase, message } = shownPhase(rollout)
  if (phase === 'Healthy') return []
  const known = [...pauseReasons(facts), ...waits(facts)]
  const late = deadlinePassed(facts)
  if (known.length > 0) return late === undefined ? known : [...known, late]
  return [...told(facts, message), ...(late === undefined ? [] : [late])]
}

/** VIEW-64: who serves, and that the wanted revision does not. */
function abortReasons(facts: StatusFacts): readonly Reason[] {
  const { status, stableRS, currentRS } = facts
  const progressing = findCondition(status.conditions ?? [], 'Progressing')
  const message = progressing?.reason === 'RolloutAborted' ? progressing.message : 'The update was aborted'
  const about = { object: rolloutOf(facts), since: parseTime(status.abortedAt) }
  const [stable, revision] = [revisionOf(stableRS), revisionOf(currentRS)]
  return [
    { cause: 'aborted', ...about, values: { message: sentence(message) } },
    ...(stable === undefined || revision === undefined
      ? []
      : [{ cause: 'stableServes', ...about, values: { stable, revision } } as const]),
  ]
}

/** What keeps pods from being there: of the new revision first. */
function obstacles(facts: StatusFacts): readonly Reason[] {
  const { currentRS, stableRS } = facts
  const both = currentRS === stableRS ? [currentRS] : [currentRS, stableRS]
  return both.flatMap((rs) => obstacle(rs, facts) ?? [])
}

const obstacle = (rs: ReplicaSet | undefined, { world }: StatusFacts): Reason | undefined =>
  creationTrouble(rs) ?? podTrouble(rs, world.pods)

function waits(facts: StatusFacts): readonly Reason[] {
  const { currentRS, stableRS, rollout, status } = facts
  const separateStable = stableRS === currentRS ? undefined : stableRS
  const ofCurrent = obstacle(currentRS, facts) ?? podsToCome(currentRS)
  const ofStable = obstacle(separateStable, facts)
  const isCurrentWell =
    ofCurrent === undefined || ofCurrent.cause === 'podsStarting' || ofCurrent.cause === 'podsSettling'
  const restart = isRestarting(facts)
  const held = heldBack(facts)
  return [
    analysis(facts),
    // A restart ends only when its pods have gone.
    restart && held,
    ofCurrent,
    trafficHeld(facts),
    ofStable ?? (isCurrentWell ? podsToCome(separateStable) : undefined),
    restart,
    restart === undefined ? (held ?? podsLeaving(facts)) : undefined,
    otherStep(rollout, status),
  ].filter((each) => each !== undefined)
}

function analysis({ status }: StatusFacts): Reason | undefined {
  const { canary, blueGreen } = status
  const running = [
    canary?.currentStepAnalysisRunStatus,
    blueGreen?.prePromotionAnalysisRunStatus,
    blueGreen?.postPromotionAnalysisRunStatus,
  ].find((run) => run?.status === 'Running' || run?.status === 'Pending')
  if (running === undefined) return undefined
  const { name } = running
  return { cause: 'analysis', object: { kind: 'AnalysisRun', name }, since: undefined, values: { name } }
}

function isRestarting(facts: StatusFacts): Reason | undefined {
  const { rollout } = facts
  if (shownPhase(rollout).message !== 'rollout is restarting') return undefined
  return { cause: 'restarting', object: rolloutOf(facts), since: parseTime(rollout.spec.restartAt), values: {} }
}

/** A pod that cannot stop because something else holds it. */
function heldBack({ world }: StatusFacts): Reason | undefined {
  const held = world.pods.find((pod) => pod.metadata.deletionTimestamp !== undefined && heldBy(pod) !== undefined)
  if (held === undefined) return undefined
  return {
    cause: 'podHeldBack',
    object: { kind: 'Pod', name: held.metadata.name },
    since: parseTime(held.metadata.deletionTimestamp),
    values: { name: held.metadata.name, finalizer: heldBy(held) ?? '' },
  }
}

/** Old pods that stop. */
function podsLeaving(facts: StatusFacts): Reason | undefined {
  const { status, rollout, replicaSets } = facts
  if (isUpdating(facts) || (status.replicas ?? 0) <= replicasOf(rollout.spec)) return undefined
  const leaving = replicaSets.find(hasPodsLeaving)
  const object = leaving === undefined ? rolloutOf(facts) : { kind: 'ReplicaSet', name: leaving.metadata.name }
  return { cause: 'podsStopping', object, since: undefined, values: {} }
}

const heldBy = ({ metadata }: { readonly metadata: { readonly finalizers?: readonly string[] } }): string | undefined =>
  metadata.finalizers?.[0]

/** A step that is neither about pods nor a pause: someone else must bring it to an end. */
function otherStep(...[rollout, status]: Parameters<typeof currentStep>): Reason | undefined {
  const step = currentStep(rollout, status)
  if (step === undefined || step.setWeight !== undefined || step.pause !== undefined) return undefined
  const object = { kind: 'Rollout', name: rollout.metadata.name }
  return { cause: 'stepUnderWay', object, since: undefined, values: { step: describeStep(step) } }
}

/** The controller's own words, where nothing better is known. */
function told(facts: StatusFacts, message: string): readonly Reason[] {
  const about = { object: rolloutOf(facts), since: undefined }
  return message === ''
    ? [{ cause: 'notReported', ...about, values: {} }]
    : [{ cause: 'told', ...about, values: { message: sentence(message) } }]
}
