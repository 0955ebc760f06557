import { expect, it } from 'vitest'
import type { HistoryEntryView, HistoryMomentView } from '#contract/views.ts'
import { runRow } from '#main/history/open-run.ts'
import { pastRuns } from '#main/history/past-runs.ts'
import { writeBody } from '#main/history/record-body.ts'
import type { History } from '#main/history/store.ts'
import { aHistory } from '#test/support/builders/history.ts'
import { T0 } from '#test/support/virtual-clock.ts'

const key = 'prod/shop/checkout'

function addRun(history: History, id: string, change: Partial<HistoryEntryView> = {}): void {
  const entry: HistoryEntryView = {
    id,
    key,
    context: 'prod',
    namespace: 'shop',
    name: 'checkout',
    strategy: 'canary',
    fromVersion: '1.0',
    toVersion: '1.1',
    revision: 8,
    outcome: 'Completed',
    startedAt: T0,
    endedAt: T0 + 900_000,
    reason: undefined,
    actor: undefined,
    ...change,
  }
  history.add([runRow({ entry, uid: 'u', podHash: 'h', fromRevision: 7, seenAt: T0, words: '' })])
}

const addStep = (history: History, runId: string, stepIndex: number, at: number) => {
  const moment: HistoryMomentView = { at, who: 'engine', kind: 'step', stepIndex, stepCount: 3 }
  history.add([{ table: 'moment', runId, at, body: writeBody(moment) }])
}

it('tells how long completed updates took, and when each step was first reached', () => {
  const history = aHistory()
  addRun(history, 'a')
  addStep(history, 'a', 0, T0)
  addStep(history, 'a', 1, T0 + 30_000)
  addStep(history, 'a', 1, T0 + 40_000)
  history.add([
    {
      table: 'moment',
      runId: 'a',
      at: T0,
      body: writeBody({ at: T0, who: 'engine', kind: 'pods', canary: 1, stable: 2 }),
    },
  ])
  expect(pastRuns(history, key)).toEqual([
    {
      durationMs: 900_000,
      stepCount: 3,
      reachedMs: new Map([
        [0, 0],
        [1, 30_000],
      ]),
    },
  ])
})

it('leaves out other rollouts, and updates that were not completed', () => {
  const history = aHistory()
  addRun(history, 'other', { key: 'stage/shop/checkout' })
  addRun(history, 'aborted', { outcome: 'Aborted' })
  addRun(history, 'running', { outcome: 'Running', endedAt: undefined })
  expect(pastRuns(history, key)).toEqual([])
})

it('looks at the last twenty, newest first', () => {
  const history = aHistory()
  for (let each = 0; each < 25; each++)
    addRun(history, `run-${each}`, { startedAt: T0 + each, endedAt: T0 + each + each * 1000 })
  expect(pastRuns(history, key).map(({ durationMs }) => durationMs / 1000)).toEqual(
    Array.from({ length: 20 }, (_, index) => 24 - index),
  )
})
