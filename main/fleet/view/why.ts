import type { Pod } from '#api/core.ts'
import { labels } from '#api/keys.ts'
import type { PauseView, ShownStatus } from '#contract/views.ts'
import { currentStep, describeStep } from '#engine/rollout/canary/steps.ts'
import { availableOf, readyOf, revisionOf, sizeOf } from '#engine/rollout/replica-set/facts.ts'
import { progressDeadlineSecondsOf, replicasOf } from '#engine/rollout/spec-defaults.ts'
import { findCondition } from '#engine/rollout/status/condition-list.ts'
import { podViews } from '../detail/pods.ts'
import { isUpdating, type RolloutFacts } from '../rollout-facts.ts'
import { sentence } from './sentence.ts'
import { whyPaused } from './why-paused.ts'

export interface WhyFacts {
  readonly facts: RolloutFacts
  readonly shown: ShownStatus
  readonly message: string
  readonly pause: PauseView | undefined
  /** Percent that the current revision is meant to get. */
  readonly setWeight: number
}

/** Why the rollout is where it is, in a sentence or two (VIEW-224); empty when Healthy. */
export function whyOf(why: WhyFacts): string {
  switch (why.shown) {
    case 'Healthy':
      return ''
    case 'Aborted':
      return whyAborted(why)
    case 'Degraded':
      return whyDegraded(why)
    case 'Inconclusive':
    case 'Paused':
      return whyPaused(why.facts, why.pause, why.setWeight) ?? sentence(why.message)
    case 'Progressing':
      return whyProgressing(why)
    case 'Unknown':
      return why.message === '' ? 'No controller has reported on it yet.' : sentence(why.message)
  }
}

/** VIEW-64: who serves, and that the wanted revision does not. */
function whyAborted({ facts }: WhyFacts): string {
  const { status, stableRS, currentRS } = facts
  const cause = findCondition(status.conditions ?? [], 'Progressing')
  const told = cause?.reason === 'RolloutAborted' ? `${sentence(cause.message)} ` : ''
  const [serving, wanted] = [revisionOf(stableRS), revisionOf(currentRS)]
  if (serving === undefined || wanted === undefined) return told.trim() || 'The update was aborted.'
  return `${told}Revision ${serving} serves all traffic, revision ${wanted} is not live.`
}

function whyDegraded({ facts, message }: WhyFacts): string {
  const conditions = facts.status.conditions ?? []
  const invalid = findCondition(conditions, 'InvalidSpec')
  if (invalid !== undefined) return `The spec is invalid: ${sentence(invalid.message)}`
  if (!conditions.some(({ reason }) => reason === 'ProgressDeadlineExceeded')) return sentence(message)
  const deadline = `Deadline of ${progressDeadlineSecondsOf(facts.rollout.spec)} s passed.`
  return [obstacle(facts) ?? sentence(message), deadline].join(' ')
}

function whyProgressing(why: WhyFacts): string {
  const { facts, message } = why
  if (/^waiting for rollout (spec update|to unpause)/.test(message)) return sentence(message)
  if (message === 'rollout is restarting') return 'Its pods are being restarted one after the other.'
  return obstacle(facts) ?? analysis(facts) ?? waitsForPods(facts) ?? otherStep(facts) ?? sentence(message)
}

/** What keeps pods from coming up: a refusal to create them, or the oldest pod that fails. */
function obstacle(facts: RolloutFacts): string | undefined {
  const refused = facts.currentRS?.status?.conditions?.find(
    ({ type, status }) => type === 'ReplicaFailure' && status === 'True',
  )
  if (refused !== undefined) return `Pods cannot be created: ${sentence(refused.message ?? refused.reason ?? '')}`
  const pods = podViews(updatedPods(facts))
  const failing = pods.filter(({ state }) => state === 'failing')
  const [oldest] = failing
  if (oldest === undefined) return undefined
  return `${failing.length} of ${pods.length} new pods fail: ${oldest.reason} in ${oldest.name}.`
}

const updatedPods = ({ parts, status }: RolloutFacts): readonly Pod[] =>
  parts.pods.filter(({ metadata }) => metadata.labels?.[labels.podTemplateHash] === (status.currentPodHash ?? ''))

function analysis({ status }: RolloutFacts): string | undefined {
  const { canary, blueGreen } = status
  const running = [
    canary?.currentStepAnalysisRunStatus,
    blueGreen?.prePromotionAnalysisRunStatus,
    blueGreen?.postPromotionAnalysisRunStatus,
  ].find((run) => run?.status === 'Running' || run?.status === 'Pending')
  return running === undefined ? undefined : `Waits for the analysis ${running.name}.`
}

function waitsForPods(facts: RolloutFacts): string | undefined {
  const { currentRS, rollout, status, replicaSets } = facts
  if (currentRS === undefined) return undefined
  const wanted = sizeOf(currentRS)
  const missing = wanted - availableOf(currentRS)
  const isPreview = rollout.spec.strategy?.blueGreen !== undefined && isUpdating(facts)
  if (missing > 0 && isPreview) return `${readyOf(currentRS)} of ${wanted} preview pods are ready.`
  if (missing > 0) return `Waits for ${missing} of ${wanted} ${isUpdating(facts) ? 'canary' : 'new'} pods.`
  const old = replicaSets.filter((each) => each !== currentRS && sizeOf(each) > 0)
  const isLeaving = (status.replicas ?? 0) > replicasOf(rollout.spec) && !isUpdating(facts)
  return isLeaving && old.length > 0 ? 'Waits for old pods to stop.' : undefined
}

/** A step that is neither about pods nor a pause: someone else must bring it to an end. */
function otherStep({ rollout, status }: RolloutFacts): string | undefined {
  const step = currentStep(rollout, status)
  if (step === undefined || step.setWeight !== undefined || step.pause !== undefined) return undefined
  return `Step ${describeStep(step)} is under way.`
}
