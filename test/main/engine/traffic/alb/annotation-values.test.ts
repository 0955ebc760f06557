import { describe, expect, it } from 'vitest'
import { forwardAction, headerConditions } from '#engine/traffic/alb/annotation-values.ts'

describe('the action', () => {
  it('ALB-3: has its keys in this order, the port as text, and the weight even when it is 0', () => {
    const groups = [
      { service: 'web-canary', weight: 0 },
      { service: 'web-stable', weight: 100 },
    ]
    expect(forwardAction(groups, { servicePort: 80 })).toEqual({
      ok: true,
      value:
        '{"Type":"forward","ForwardConfig":{"TargetGroups":[{"ServiceName":"web-canary","ServicePort":"80","Weight":0},{"ServiceName":"web-stable","ServicePort":"80","Weight":100}]}}',
    })
  })

  it('ALB-3: a Service without a name has none, a port that is not said is 0', () => {
    expect(forwardAction([{ service: '', weight: 1 }], {})).toEqual({
      ok: true,
      value: '{"Type":"forward","ForwardConfig":{"TargetGroups":[{"ServicePort":"0","Weight":1}]}}',
    })
  })

  const sticky = (stickinessConfig: { readonly enabled?: boolean; readonly durationSeconds?: number }) =>
    forwardAction([{ service: 's', weight: 1 }], { servicePort: 80, stickinessConfig })
  const group = '"TargetGroups":[{"ServiceName":"s","ServicePort":"80","Weight":1}]'

  it.each([1, 604_800])('ALB-3: sticks for %i seconds', (durationSeconds) => {
    expect(sticky({ enabled: true, durationSeconds })).toEqual({
      ok: true,
      value: `{"Type":"forward","ForwardConfig":{${group},"TargetGroupStickinessConfig":{"Enabled":true,"DurationSeconds":${durationSeconds}}}}`,
    })
  })

  it('ALB-3: does not stick unless it is enabled', () => {
    const plain = { ok: true, value: `{"Type":"forward","ForwardConfig":{${group}}}` }
    expect(sticky({ enabled: false, durationSeconds: 0 })).toEqual(plain)
    expect(sticky({ durationSeconds: 60 })).toEqual(plain)
  })

  it.each([undefined, 0, -1, 604_801])('ALB-3: %j seconds are refused', (durationSeconds) => {
    expect(sticky({ enabled: true, ...(durationSeconds !== undefined && { durationSeconds }) })).toEqual({
      ok: false,
      error: "TargetGroupStickinessConfig's duration must be between 1 and 604800 seconds (7 days)!",
    })
  })
})

describe('conditions', () => {
  const header = (headerName: string, exact: string) => ({ headerName, headerValue: { exact } })

  it('ALB-11: one per header, in the order in which each is named first, with all of its values', () => {
    const match = [header('X-Team', 'a'), header('x-env', 'dev'), header('X-Team', 'b'), header('x-team', 'c')]
    expect(headerConditions({ name: 'hdr', match })).toBe(
      '[{"field":"http-header","httpHeaderConfig":{"httpHeaderName":"X-Team","values":["a","b"]}},' +
        '{"field":"http-header","httpHeaderConfig":{"httpHeaderName":"x-env","values":["dev"]}},' +
        '{"field":"http-header","httpHeaderConfig":{"httpHeaderName":"x-team","values":["c"]}}]',
    )
  })

  it('ALB-11: as Go spells them, and with the wildcards of AWS', () => {
    expect(headerConditions({ match: [header('h', '*<a>&?\u2028\u2029')] })).toBe(
      String.raw`[{"field":"http-header","httpHeaderConfig":{"httpHeaderName":"h","values":["*\u003ca\u003e\u0026?\u2028\u2029"]}}]`,
    )
  })

  it('ALB-11: of a match that says nothing', () => {
    expect(headerConditions({ match: [{}] })).toBe(
      '[{"field":"http-header","httpHeaderConfig":{"httpHeaderName":"","values":[""]}}]',
    )
  })
})
