import { describe, expect, it } from 'vitest'
import { failure, success } from '#lib/outcome.ts'
import type { QueryFailure, Reading } from '#main/metrics/provider.ts'
import { failed, measuredByQuery, type Query } from '#main/metrics/query.ts'
import { aMetric } from '#test/support/measuring.ts'
import { VirtualClock } from '#test/support/virtual-clock.ts'

const started = '2026-01-15T10:00:00Z'
const finished = '2026-01-15T10:00:03Z'

/** A question that takes three seconds. */
async function measured(answer: Reading | QueryFailure, more: Partial<Query> = {}) {
  const clock = new VirtualClock()
  const ask = async () => {
    await clock.advance(3000)
    return 'message' in answer ? failure(answer) : success(answer)
  }
  return measuredByQuery({ metric: aMetric({}), clock, ask, ...more }).run()
}

const reading: Reading = { result: 5, value: '5', metadata: { a: 'b' } }

describe('a metric that is measured by one question', () => {
  it('PRV-105: begins before it and ends after it', async () => {
    expect(await measured(reading)).toEqual({
      phase: 'Successful',
      startedAt: started,
      finishedAt: finished,
      value: '5',
      metadata: { a: 'b' },
    })
  })

  it('PRV-106: without an answer it is an Error; what is known stays', async () => {
    expect(await measured({ message: 'no route', metadata: { warnings: 'w' } })).toEqual({
      phase: 'Error',
      message: 'no route',
      startedAt: started,
      finishedAt: finished,
      metadata: { warnings: 'w' },
    })
  })

  it('PRV-107: of a value that cannot be judged nothing stays, unless told otherwise', async () => {
    const metric = aMetric({}, { successCondition: 'result' })
    const message = 'could not evaluate successCondition "result": expected bool, but got float64'
    const times = { startedAt: started, finishedAt: finished }
    expect(await measured(reading, { metric })).toEqual({ phase: 'Error', message, ...times })
    const keptWhenNotEvaluated = ({ value }: Reading) => ({ value })
    expect(await measured(reading, { metric, keptWhenNotEvaluated })).toEqual({
      phase: 'Error',
      message,
      value: '5',
      ...times,
    })
  })

  it('PRV-104: an end that is known stays', () => {
    const measurement = failed({ finishedAt: started, value: '1' }, 'x', new VirtualClock(Date.UTC(2030, 0, 1)))
    expect(measurement).toEqual({ phase: 'Error', message: 'x', finishedAt: started, value: '1' })
  })

  it('PRV-104: conditions see the whole value, the cluster keeps the beginning', async () => {
    const value = 'word '.repeat(100_000)
    const metric = aMetric({}, { successCondition: 'len(result) == 500000' })
    const measurement = await measured({ result: value, value }, { metric })
    expect(measurement.phase).toBe('Successful')
    expect(measurement.value?.length).toBe(10_001)
    expect((await measured({ message: value })).message?.length).toBeLessThanOrEqual(2001)
  })

  it('PRV-105: there is nothing to resume, to end or to clear up', async () => {
    const measuring = measuredByQuery({ metric: aMetric({}), clock: new VirtualClock(), ask: () => Promise.reject() })
    const running = { phase: 'Running' } as const
    expect(await measuring.resume(running)).toBe(running)
    expect(await measuring.terminate(running)).toBe(running)
    expect(await measuring.garbageCollect(1)).toEqual({ ok: true, value: undefined })
  })
})
