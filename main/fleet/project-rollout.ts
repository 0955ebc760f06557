import { annotations } from '#api/keys.ts'
import type { Rollout } from '#api/rollout.ts'
import { rolloutKey } from '#contract/keys.ts'
import { type ActionName, actionNames, type RolloutView, type Strategy } from '#contract/views.ts'
import { actionAvailability } from '#engine/actions/availability.ts'
import { lenderOf } from '#engine/migration/migration.ts'
import { podHashOf, readyOf, revisionOf } from '#engine/rollout/replica-set/facts.ts'
import { replicasOf, stepsOf } from '#engine/rollout/spec-defaults.ts'
import { shownPhase } from '#engine/status/phase.ts'
import { isUpdating } from '#engine/status/status-facts.ts'
import type { EpochMs } from '#lib/clock.ts'
import { parseInteger } from '#lib/int-or-string.ts'
import { redactText } from '#lib/redact-text.ts'
import { parseTime } from '#lib/rfc3339.ts'
import type { EngineReasons } from '#main/controller/engine.ts'
import { driftPrint } from './drift.ts'
import type { Member } from './fleet-index.ts'
import { templateVersion } from './image-version.ts'
import { factsOf, type RolloutFacts } from './rollout-facts.ts'
import type { RolloutParts } from './rollout-parts.ts'
import { runUnderWay } from './view/analysis-view.ts'
import { pauseOf } from './view/pause-view.ts'
import { enteredAt, shownStatus } from './view/shown-status.ts'
import { weightsOf } from './view/weights.ts'
import { whyOf } from './view/why.ts'

/** What is known of a Rollout besides its objects. */
export interface Told {
  /** Why no action is open at all, such as a cluster that does not answer. */
  readonly closed?: string | undefined
  /** The missing right of each action that RBAC would refuse (ACT-14). */
  readonly closedByRights?: (rollout: Rollout) => Readonly<Partial<Record<ActionName, string>>>
  readonly engine?: EngineReasons | undefined
}

/**
 * What the board shows of one Rollout. Depends on its arguments alone; `now` stands in for a creation time that is missing, and
 * tells whether a restart is still to come.
 */
export function projectRollout(parts: RolloutParts, now: EpochMs, told: Told = {}): Member {
  const facts = factsOf(parts)
  const template = facts.rollout.spec.template
  return { view: viewOf(facts, now, told), print: template === undefined ? undefined : driftPrint(template) }
}

function viewOf(facts: RolloutFacts, now: EpochMs, told: Told): RolloutView {
  const { rollout, status, parts } = facts
  const { name, namespace = '', uid = '', creationTimestamp } = rollout.metadata
  const { phase, message } = shownPhase(rollout)
  const shown = shownStatus(facts, phase)
  const pause = pauseOf(rollout, status)
  const weights = weightsOf(facts)
  return {
    key: rolloutKey({ context: parts.context, namespace, name }),
    ...lender(rollout),
    context: parts.context,
    namespace,
    name,
    uid,
    strategy: strategyOf(facts),
    status: shown,
    phase,
    message: redactText(message),
    ...stepsDone(facts),
    ...weights,
    replicas: {
      desired: replicasOf(rollout.spec),
      current: status.replicas ?? 0,
      updated: status.updatedReplicas ?? 0,
      ready: status.readyReplicas ?? 0,
      available: status.availableReplicas ?? 0,
    },
    preview: previewOf(facts),
    pause,
    analysis: runUnderWay(status),
    ...revisionsOf(facts),
    currentPodHash: presentText(status.currentPodHash),
    stableRS: presentText(status.stableRS),
    since: enteredAt(facts, shown, pause) ?? parseTime(creationTimestamp) ?? now,
    why: whyOf(facts, told.engine),
    drift: false,
    actions: actionsOf(facts, now, told),
  }
}

function lender(rollout: Rollout): Pick<RolloutView, 'lentBy'> {
  const lentBy = lenderOf(rollout)
  return lentBy === undefined ? {} : { lentBy }
}

const presentText = (text: string | undefined): string | undefined => (text === '' ? undefined : text)

/** VIEW-70. */
export function strategyOf({ rollout }: RolloutFacts): Strategy {
  const { canary, blueGreen } = rollout.spec.strategy ?? {}
  if (canary !== undefined) return 'canary'
  return blueGreen === undefined ? 'unknown' : 'blueGreen'
}

/** VIEW-71. */
function stepsDone({ rollout, status }: RolloutFacts): Pick<RolloutView, 'stepIndex' | 'stepCount'> {
  const stepCount = stepsOf(rollout).length
  return { stepIndex: stepCount === 0 ? undefined : status.currentStepIndex, stepCount }
}

/** Only while there is something to preview: the current revision is not the active one. */
function previewOf(facts: RolloutFacts): RolloutView['preview'] {
  const { rollout, status, currentRS } = facts
  const blueGreen = rollout.spec.strategy?.blueGreen
  const isSwitched = status.blueGreen?.activeSelector === status.currentPodHash
  if (blueGreen === undefined || isSwitched || !isUpdating(facts)) return undefined
  const reduced = status.blueGreen?.scaleUpPreviewCheckPoint === true ? undefined : blueGreen.previewReplicaCount
  return { ready: readyOf(currentRS), desired: reduced ?? replicasOf(rollout.spec) }
}

type Revisions = Pick<RolloutView, 'revision' | 'stableRevision' | 'version' | 'stableVersion'>

function revisionsOf({ rollout, currentRS, stableRS }: RolloutFacts): Revisions {
  return {
    revision: revisionOf(currentRS) ?? parseInteger(rollout.metadata.annotations?.[annotations.revision]),
    stableRevision: revisionOf(stableRS),
    version: templateVersion(rollout.spec.template) ?? templateVersion(currentRS?.spec.template),
    stableVersion: templateVersion(stableRS?.spec.template),
  }
}

function actionsOf(facts: RolloutFacts, now: EpochMs, { closed, closedByRights }: Told): RolloutView['actions'] {
  const { rollout, replicaSets, status } = facts
  const otherRevisions = replicaSets.filter((each) => podHashOf(each) !== (status.currentPodHash ?? '')).length
  const open = actionAvailability(rollout, { otherRevisions, now })
  if (closed === undefined) return { ...open, ...shut(closedByRights?.(rollout) ?? {}) }
  return { ...open, ...shut(Object.fromEntries(actionNames.map((action) => [action, closed]))) }
}

const shut = (reasons: Readonly<Partial<Record<ActionName, string>>>): Partial<RolloutView['actions']> =>
  Object.fromEntries(Object.entries(reasons).map(([action, reason]) => [action, { open: false, reason }]))
