import { describe, expect, it } from 'vitest'
import { rbacName, resources } from '#api/resources.ts'
import { missingRightText, neededRights } from '#engine/actions/needed-rights.ts'
import type { RolloutAction } from '#engine/actions/plan-action.ts'
import { aRollout, setWeight } from '#test/support/builders/rollout.ts'

const pauseConditions = [{ reason: 'CanaryPauseStep', startTime: '2026-01-15T10:00:00Z' }] as const
const canary = aRollout({ steps: [setWeight(20)] })
const paused = aRollout({ steps: [setWeight(20)], spec: { paused: true }, status: { pauseConditions } })
const blueGreen = aRollout({ blueGreen: { activeService: 'web' }, spec: { paused: true } })
const workloadRef = { apiVersion: 'apps/v1', kind: 'Deployment', name: 'base' }
const borrowed = aRollout({ spec: { workloadRef } })

const status = 'patch rollouts.argoproj.io/status'
const main = 'patch rollouts.argoproj.io'
const rows: readonly (readonly [string, RolloutAction, typeof canary, readonly string[]])[] = [
  ['ACT-160', 'promote', canary, [status]],
  ['ACT-160', 'promote', paused, [status, main]],
  ['ACT-160', 'promote', blueGreen, [main]],
  ['ACT-160', 'promoteFull', canary, [status]],
  ['ACT-160', 'promoteFull', paused, [status, main]],
  ['ACT-160', 'skipStep', paused, [status]],
  ['ACT-161', 'abort', paused, [status]],
  ['ACT-161', 'retry', paused, [status]],
  ['ACT-162', 'pause', canary, [main]],
  ['ACT-162', 'restart', canary, [main]],
  ['ACT-84', 'cancelRestart', canary, [main]],
  ['ACT-163', 'resume', paused, [status, main]],
  ['ACT-163', 'resume', blueGreen, [main]],
  ['ACT-164', 'undo', canary, [main]],
  ['ACT-164', 'undo', borrowed, ['patch deployments.apps']],
  ['ACT-165', 'setImage', canary, ['update rollouts.argoproj.io']],
  ['ACT-165', 'setImage', borrowed, ['update deployments.apps']],
]

describe('neededRights', () => {
  it.each(rows)('%s: %s', (_rule, action, rollout, rights) => {
    const asked = neededRights(action, rollout).map(({ verb, resource, subresource }) =>
      [`${verb} ${rbacName(resource)}`, subresource].filter(Boolean).join('/'),
    )
    expect(asked).toEqual(rights)
  })
})

it('ACT-14: a missing right in words, each once', () => {
  const right = { verb: 'patch', resource: resources.rollouts, subresource: 'status' }
  expect(missingRightText([right, right], 'shop')).toBe('needs patch on rollouts/status in namespace shop')
  expect(missingRightText([right, { verb: 'update', resource: resources.deployments }], 'shop')).toBe(
    'needs patch on rollouts/status and update on deployments.apps in namespace shop',
  )
})
