import { expect, it } from 'vitest'
import { searchHistory } from '#main/history/reader.ts'
import { wordsWith } from '#main/history/told-words.ts'
import { anUpdatingView } from '#test/support/builders/rollout-view.ts'
import { anEvent, aRecording, key } from '#test/support/recording.ts'

it('keeps each word once, and no more than fit', () => {
  const gap = (why: string) => ({ at: 0, who: 'argosy', kind: 'gap' as const, until: 1, why })
  expect(wordsWith('', [gap('Context unreachable'), gap('context away')])).toBe('context unreachable away')
  expect(wordsWith('context away', [gap('context')])).toBe('context away')
  expect(wordsWith('short', [gap('x'.repeat(9000))])).toBe('short')
})

it('a rollout is found by what its events said', () => {
  const { history, recorder } = aRecording()
  recorder.observe(anUpdatingView())
  recorder.event(key, anEvent({ message: 'Metric latency-p99 assessed Failed' }))
  const found = (filter: string) => {
    const runs = searchHistory(history, { filter, limit: 10 }, 0)
    return runs.ok ? runs.value.length : runs.error
  }
  expect([found('LATENCY-P99 checkout'), found('p99'), found('nothing-of-it')]).toEqual([1, 1, 0])
})
