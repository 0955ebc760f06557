import type { ActionResult, EventView, HistoryMomentView } from '#contract/views.ts'
import { silentLog } from '#lib/log.ts'
import type { RecordedAction } from '#main/history/journal-entry.ts'
import { listHistory, readRecord } from '#main/history/reader.ts'
import { createRecorder, type Recorder } from '#main/history/recorder.ts'
import type { History } from '#main/history/store.ts'
import { aHistory, aHistoryPath } from './builders/history.ts'
import { aRolloutView } from './builders/rollout-view.ts'
import { T0, VirtualClock } from './virtual-clock.ts'

export const second = 1000

export interface Recording {
  readonly clock: VirtualClock
  readonly history: History
  readonly recorder: Recorder
}

export function aRecording(path = aHistoryPath(), clock = new VirtualClock()): Recording {
  const history = aHistory({ clock, path })
  return { clock, history, recorder: createRecorder({ history, clock, log: silentLog }) }
}

export const entries = (history: History) => listHistory(history, { limit: 100 })

export const timelineOf = (history: History, index = 0): readonly HistoryMomentView[] =>
  readRecord(history, entries(history)[index]?.id ?? '')?.timeline ?? []

export const kindsOf = (timeline: readonly HistoryMomentView[]) => timeline.map(({ kind }) => kind)

export const sent: ActionResult = { key: 'prod-eu/shop/checkout', sent: true, resourceVersion: '42', message: 'done' }

export const anAction = (change: Partial<RecordedAction> = {}): RecordedAction => ({
  action: 'abort',
  actor: 'ada',
  reason: 'errors',
  result: sent,
  writes: [],
  ...change,
})

export const anEvent = (change: Partial<EventView> = {}): EventView => ({
  id: 'event-1',
  at: T0,
  source: 'engine',
  type: 'Normal',
  reason: 'ScalingReplicaSet',
  message: 'Scaled up',
  count: 1,
  ...change,
})

export const { key } = aRolloutView()
