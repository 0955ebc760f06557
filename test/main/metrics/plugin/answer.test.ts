import fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import { readAnswer } from '#main/metrics/plugin/answer.ts'
import { T0 } from '#test/support/virtual-clock.ts'

const before = { startedAt: '2026-01-15T09:59:00Z', metadata: { job: '7' }, resumeAt: '2026-01-15T10:00:00Z' }
const read = (output: unknown) => readAnswer(typeof output === 'string' ? output : JSON.stringify(output), before, T0)

describe('what a plugin printed', () => {
  it('PRV-1303: is the measurement; what it leaves out stays, when it ends is now', () => {
    expect(read({ phase: 'Failed', value: '7', message: 'too many', metadata: { a: 'b' }, more: 1 })).toEqual({
      ok: true,
      value: {
        phase: 'Failed',
        value: '7',
        message: 'too many',
        metadata: { a: 'b' },
        startedAt: '2026-01-15T09:59:00Z',
        finishedAt: '2026-01-15T10:00:00Z',
      },
    })
    expect(read({ phase: 'Successful', finishedAt: '2026-01-15T09:59:30.5+00:00' })).toMatchObject({
      value: { metadata: { job: '7' }, finishedAt: '2026-01-15T09:59:30Z' },
    })
  })

  it.each([
    [{}, '2026-01-15T10:00:10Z'],
    [{ resumeAt: '2026-01-15T11:00:00+01:00' }, '2026-01-15T10:00:01Z'],
    [{ resumeAt: '2026-01-15T10:05:00Z', finishedAt: '2026-01-15T10:00:00Z' }, '2026-01-15T10:05:00Z'],
  ])('PRV-1303: one that runs is asked again, not before a second has passed: %j', (more, resumeAt) => {
    expect(read({ phase: 'Running', ...more })).toEqual({ ok: true, value: { ...before, phase: 'Running', resumeAt } })
  })

  it.each([
    ['', 'unexpected end of JSON input'],
    ['s3cr3t', "invalid character 's' looking for beginning of value"],
    [null, 'measurement: expected Object'],
    [{}, 'measurement.phase: expected "phase"'],
    [
      { phase: 'Great' },
      'measurement.phase: expected ("Pending" | "Running" | "Successful" | "Inconclusive" | "Error" | "Failed")',
    ],
    [{ phase: 'Failed', value: 7 }, 'measurement.value: expected string'],
    [{ phase: 'Failed', metadata: { a: 1 } }, 'measurement.metadata.a: expected string'],
    [{ phase: 'Failed', finishedAt: 's3cr3t' }, 'measurement.finishedAt: expected another type'],
    [{ phase: 'Failed', metadata: { a: 'x'.repeat(10_000) } }, 'measurement.metadata: expected another type'],
  ])('PRV-1303: %.60j is none', (output, cause) => {
    expect(read(output)).toEqual({ ok: false, error: `it did not print a measurement: ${cause}` })
  })

  it('PRV-1303: texts have a size', () => {
    const long = read({ phase: 'Failed', value: 'v '.repeat(10_000), message: 'm '.repeat(10_000) })
    expect(long.ok && long.value.value).toHaveLength(10_001)
    expect(long.ok && long.value.message).toHaveLength(2001)
  })

  it('PRV-1303: any output at all has an outcome', () => {
    fc.assert(fc.property(fc.oneof(fc.string(), fc.json()), (output) => typeof read(output).ok === 'boolean'))
  })
})
