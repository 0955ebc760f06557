import type { RolloutView, ShownStatus } from '#contract/views.ts'
import type { IconName } from '../ui/icon-names.ts'
import { formatClockSpan } from './duration.ts'
import type { Text } from './text.ts'
import { formatPercent } from './weight.ts'

export type StatusTone = 'healthy' | 'progressing' | 'paused' | 'degraded' | 'aborted' | 'inconclusive' | 'unknown'

/** The silhouette and hue of a status (UI-STAT-1). */
export const toneOf = (status: ShownStatus): StatusTone => status.toLowerCase() as Lowercase<ShownStatus>

export const statusIcon = (status: ShownStatus, settled = false): IconName =>
  status === 'Healthy' && settled ? 'healthyq' : toneOf(status)

export const statusWord = (text: Text, status: ShownStatus): string => text(`status.${status}`)

/** UI-STAT-3: a pause without a timer has a name of its own. */
export function statusWords(text: Text, view: RolloutView): string {
  return waitsForPerson(view) ? text('status.pausedNoTimer') : statusWord(text, view.status)
}

/** Paused with no end in sight: somebody has to decide. */
export const waitsForPerson = (view: RolloutView): boolean =>
  view.status === 'Paused' && view.pause?.resumesAt === undefined

/** `6:48 left`, or nothing when no clock runs. */
export function timeLeft(text: Text, view: RolloutView, now: number): string | undefined {
  const end = view.pause?.resumesAt
  return end === undefined ? undefined : text('time.left', { time: formatClockSpan(end - now, 'up') })
}

/** `4 of 8 steps done` (UI-STAT-4), or `undefined` where there are no steps. */
export function stepsDone(text: Text, view: RolloutView): string | undefined {
  const done = doneOf(view)
  return done === undefined ? undefined : text('steps.done', { done, count: view.stepCount })
}

/** An abort takes the index of the Rollout back to the start, which says nothing of how far it had come. */
const doneOf = ({ stepIndex, stepCount, status }: RolloutView): number | undefined =>
  stepCount === 0 || status === 'Aborted' ? undefined : stepIndex

/** The short count of a cell: `4/8`, for blue-green the ready preview pods (UI-ROLE-4), for native workloads the new pods. */
export function stepCount(view: RolloutView): string | undefined {
  if (view.kind !== undefined)
    return view.status === 'Healthy' ? undefined : `${view.replicas.updated}/${view.replicas.desired}`
  if (view.strategy === 'blueGreen') {
    return view.preview !== undefined && view.status !== 'Healthy'
      ? `${view.preview.ready}/${view.preview.desired}`
      : undefined
  }
  const done = doneOf(view)
  return done === undefined ? undefined : `${done}/${view.stepCount}`
}

/** UI-A11Y-4: `checkout-api, prod-eu-west: Paused, 6:48 left, 40% canary, 4 of 8 steps done`. */
export function cellName(text: Text, view: RolloutView, now: number): string {
  const facts = [
    view.kind,
    statusWords(text, view),
    timeLeft(text, view, now),
    view.status !== 'Healthy' && view.strategy === 'canary'
      ? text('cell.canaryShare', { percent: formatPercent(view.actualWeight, view.maxWeight) })
      : undefined,
    view.strategy === 'blueGreen' && view.preview !== undefined && view.status !== 'Healthy'
      ? text('cell.previewReady', { ready: view.preview.ready, count: view.preview.desired })
      : undefined,
    stepsDone(text, view),
    view.kind !== undefined && view.status !== 'Healthy'
      ? text('cell.updated', { updated: view.replicas.updated, count: view.replicas.desired })
      : undefined,
    view.drift ? text('status.drift') : undefined,
  ].filter((fact) => fact !== undefined)
  return text('cell.name', { app: view.name, cluster: view.context, facts: facts.join(', ') })
}
