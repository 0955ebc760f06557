import { describe, expect, it } from 'vitest'
import { parseSteps } from '#engine/migration/steps-text.ts'

describe('the steps of a canary in one line', () => {
  it('are weights and pauses', () => {
    expect(parseSteps('20, pause,50%,pause: 1h30m')).toEqual({
      ok: true,
      value: [{ setWeight: 20 }, { pause: {} }, { setWeight: 50 }, { pause: { duration: '1h30m' } }],
    })
    expect(parseSteps(' ')).toEqual({ ok: true, value: [] })
  })

  it.each(['101', '20,,50', 'wait', 'pause:soon', 'pause:-1m', 'pause:0s', '-5'])('"%s" is refused', (text) => {
    expect(parseSteps(text)).toMatchObject({ ok: false })
  })
})
