import type { ActionRefusal, HistoryMomentView, HistoryOutcome, RolloutView } from '#contract/views.ts'
import type { EpochMs } from '#lib/clock.ts'

/** A moment before it has a time and somebody who made it. */
type Fact = HistoryMomentView extends infer M
  ? M extends HistoryMomentView
    ? Omit<M, 'at' | 'who' | 'backFilled'>
    : never
  : never

const recordedBy = 'engine'

/** Statuses whose message tells why; that of the others changes with every pod. */
const toldStatuses: readonly RolloutView['status'][] = ['Inconclusive', 'Degraded', 'Paused']

/**
 * The message of an abort; empty until the controller has acted on it (ACT-52). Until then the object still says what held
 * before, such as the pause that the abort ended.
 */
export const abortMessage = ({ status, phase, message }: RolloutView): string =>
  status === 'Aborted' && phase === 'Degraded' ? message : ''

const toldMessage = (view: RolloutView): string =>
  toldStatuses.includes(view.status) ? view.message : abortMessage(view)

/** What a view says that the one before did not; everything when there is none before. */
export function momentsBetween(before: RolloutView | undefined, view: RolloutView, at: EpochMs): HistoryMomentView[] {
  const known = before === undefined ? [] : factsOf(before).map((fact) => JSON.stringify(fact))
  return factsOf(view)
    .filter((fact) => !known.includes(JSON.stringify(fact)))
    .map((fact) => ({ at, who: recordedBy, ...fact }))
}

function factsOf(view: RolloutView): readonly Fact[] {
  const { status, stepCount, setWeight, actualWeight } = view
  // An abort takes the index back to the start (ACT-52): no step was taken back.
  const stepIndex = status === 'Aborted' && view.stepIndex === 0 ? undefined : view.stepIndex
  return [
    { kind: 'status', status, message: toldMessage(view) },
    { kind: 'weight', setWeight, actualWeight },
    ...(stepIndex === undefined ? [] : [{ kind: 'step' as const, stepIndex, stepCount }]),
    { kind: 'pods', ...podsOf(view) },
  ]
}

/** Once the wanted version is the stable one there is no canary any more. */
function podsOf({ replicas, preview, ...view }: RolloutView): { readonly canary: number; readonly stable: number } {
  if (!isUpdating(view)) return { canary: 0, stable: replicas.current }
  return { canary: preview?.ready ?? replicas.updated, stable: Math.max(0, replicas.current - replicas.updated) }
}

/** Another version is wanted than the stable one; also before there is a stable one at all. */
export const isUpdating = ({ currentPodHash, stableRS }: Pick<RolloutView, 'currentPodHash' | 'stableRS'>): boolean =>
  currentPodHash !== undefined && currentPodHash !== '' && currentPodHash !== stableRS

/** An update that is under way, and no aborted one. */
export const isBeginning = (view: RolloutView): boolean => isUpdating(view) && view.status !== 'Aborted'

/** How a run that was under way ended, by what the view shows now; `undefined`: it goes on. */
export function outcomeOf(
  run: { readonly uid: string; readonly podHash: string },
  view: RolloutView,
): HistoryOutcome | undefined {
  if (view.uid !== run.uid) return 'Deleted'
  if (!isUpdating(view)) return view.currentPodHash === run.podHash ? 'Completed' : rolledBackOrUnknown(view)
  if (view.currentPodHash !== run.podHash) return 'Superseded'
  return view.status === 'Aborted' ? 'Aborted' : undefined
}

/** A view of a Rollout whose status nobody has filled in says nothing about a run. */
const rolledBackOrUnknown = (view: RolloutView): HistoryOutcome | undefined =>
  view.currentPodHash === undefined || view.currentPodHash === '' ? undefined : 'RolledBack'

/** As much of an `ActionResult` as its words need. */
type ToldResult =
  | { readonly sent: true }
  | {
      readonly sent: false
      readonly refusal:
        | Exclude<ActionRefusal, { readonly kind: 'failed' }>
        | { readonly kind: 'failed'; readonly failure: { readonly kind: string; readonly message: string } }
    }

/** What became of an action, in words. */
export function resultText(result: ToldResult): string {
  if (result.sent) return 'sent'
  const { refusal } = result
  switch (refusal.kind) {
    case 'notOpen':
      return `refused: ${refusal.reason}`
    case 'movedOn':
      return `refused: ${refusal.changed.join(', ')} changed meanwhile`
    case 'failed':
      return `failed: ${[refusal.failure.kind, refusal.failure.message].filter(Boolean).join(', ')}`
    case 'unknownTarget':
      return 'refused: the rollout is not there'
    default:
      return refusal satisfies never
  }
}
