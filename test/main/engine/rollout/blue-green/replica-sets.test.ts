import { describe, expect, it } from 'vitest'
import type { BlueGreenStrategy, RolloutSpec, RolloutStatus } from '#api/rollout.ts'
import { isReady, reconcileReplicaSets, wantedSize } from '#engine/rollout/blue-green/replica-sets.ts'
import { isSaturated } from '#engine/rollout/replica-set/facts.ts'
import { assess, hasCurrentRS, type Release } from '#engine/rollout/situation.ts'
import { assert } from '#lib/assert.ts'
import { formatSeconds } from '#lib/rfc3339.ts'
import { aReplicaSet } from '#test/support/builders/replica-set.ts'
import { aRollout } from '#test/support/builders/rollout.ts'
import { aService } from '#test/support/builders/service.ts'
import { aWorld } from '#test/support/builders/world.ts'
import { T0 } from '#test/support/virtual-clock.ts'

interface Setting {
  readonly blueGreen?: Partial<BlueGreenStrategy>
  readonly spec?: Partial<RolloutSpec>
  readonly status?: RolloutStatus
  readonly size?: number
  readonly available?: number
  readonly desired?: number
  /** What the active Service selects. */
  readonly serves?: string
}

const recorded: RolloutStatus = { currentPodHash: 'v2', stableRS: 'v1', blueGreen: { activeSelector: 'v1' } }

/** `web:2` (v2) is on its way over `web:1` (v1, 4 pods, active); `web:0` (v0, 4 pods) is what v1 replaced. */
function release({
  blueGreen,
  spec,
  status = recorded,
  size = 2,
  available = size,
  desired = 4,
  serves = 'v1',
}: Setting): Release {
  const strategy = { activeService: 'active', previewService: 'preview', ...blueGreen }
  const rollout = aRollout({ image: 'web:2', replicas: 4, blueGreen: strategy, status, ...(spec && { spec }) })
  const replicaSets = [
    aReplicaSet({ hash: 'v0', image: 'web:0', size: 4, revision: 1, createdAt: '2026-01-15T07:00:00Z' }),
    aReplicaSet({ hash: 'v1', image: 'web:1', size: 4, revision: 2, createdAt: '2026-01-15T08:00:00Z' }),
    aReplicaSet({ hash: 'v2', image: 'web:2', size, available, desired, revision: 3 }),
  ]
  const services = { active: aService('active', serves), preview: aService('preview', 'v2') }
  const situation = assess(aWorld({ rollout, replicaSets, services }), T0)
  assert(hasCurrentRS(situation), 'web:2 has its ReplicaSet')
  return situation
}

const small: Partial<BlueGreenStrategy> = { previewReplicaCount: 1 }
const paused = [{ reason: 'BlueGreenPause' as const, startTime: formatSeconds(T0) }]
const checkpoint: RolloutStatus = {
  ...recorded,
  blueGreen: { activeSelector: 'v1', scaleUpPreviewCheckPoint: true },
}

describe('the size of the new ReplicaSet', () => {
  it.each<[string, Setting, number]>([
    ['row 1: no preview size', { status: recorded }, 4],
    ['row 2: nothing active', { blueGreen: small, status: { ...recorded, blueGreen: {} } }, 4],
    [
      'row 2: it is active itself',
      { blueGreen: small, status: { ...recorded, blueGreen: { activeSelector: 'v2' } } },
      4,
    ],
    ['row 3: full promotion', { blueGreen: small, status: { ...recorded, promoteFull: true } }, 4],
    ['row 4: not recorded yet', { blueGreen: small, status: { ...checkpoint, currentPodHash: 'v1' } }, 1],
    ['row 5: approved', { blueGreen: small, status: checkpoint }, 4],
    ['row 6: approved, but paused', { blueGreen: small, status: { ...checkpoint, pauseConditions: paused } }, 1],
    ['row 6: approved, but held', { blueGreen: small, status: checkpoint, spec: { paused: true } }, 1],
    ['row 6: not approved', { blueGreen: small, status: recorded }, 1],
    ['what everybody is sent to already, told or not', { blueGreen: small, spec: { paused: true }, serves: 'v2' }, 4],
  ])('BG-13, %s', (_row, setting, size) => {
    expect(wantedSize(release(setting))).toBe(size)
  })

  it.each<[string, Setting, boolean]>([
    ['all of it', { size: 4 }, true],
    ['one pod not available', { size: 4, available: 3 }, false],
    ['smaller', { size: 3 }, false],
    ['larger', { size: 5 }, false],
    ['sized for another number', { size: 4, desired: 5 }, false],
  ])('BG-14: saturated, %s', (_case, setting, saturated) => {
    expect(isSaturated(release(setting).currentRS, 4)).toBe(saturated)
  })

  it.each<[string, Setting, boolean]>([
    ['at its preview size', { blueGreen: small, size: 1 }, true],
    ['preview not available', { blueGreen: small, size: 1, available: 0 }, false],
    ['beyond its preview size', { blueGreen: small, size: 2 }, false],
    ['full size', { size: 4 }, true],
    ['sized for another number', { size: 4, desired: 5 }, true],
  ])('BG-14: ready for the pause, %s', (_case, setting, ready) => {
    expect(isReady(release(setting))).toBe(ready)
  })
})

describe('older ReplicaSets', () => {
  /** The body of the write to a ReplicaSet, if there is one. */
  const written = (setting: Setting, name: string) =>
    reconcileReplicaSets(release(setting)).writes.find((write) => write.kind === 'patch' && write.ref.name === name)

  it('BG-15: one that nothing points at gets its deadline', () => {
    expect(written({ size: 4 }, 'web-v0')).toMatchObject({
      body: { metadata: { annotations: { 'scale-down-deadline': formatSeconds(T0 + 30_000) } } },
    })
  })

  it.each<[string, RolloutStatus]>([
    ['stable', { ...recorded, stableRS: 'v0' }],
    ['active', { ...recorded, blueGreen: { activeSelector: 'v0' } }],
    ['preview', { ...recorded, blueGreen: { activeSelector: 'v1', previewSelector: 'v0' } }],
  ])('BG-15: one that is still %s is left alone', (_role, status) => {
    expect(written({ size: 4, status }, 'web-v0')).toBeUndefined()
  })

  it('BG-15: nothing goes while an inconclusive analysis waits for a person', () => {
    const pauseConditions = [{ reason: 'InconclusiveAnalysisRun' as const, startTime: formatSeconds(T0) }]
    expect(written({ size: 4, status: { ...recorded, pauseConditions } }, 'web-v0')).toBeUndefined()
  })

  it('BG-12: stable keeps its full size, and the new one grows, whatever is paused', () => {
    const { writes } = reconcileReplicaSets(release({ size: 2, spec: { paused: true, replicas: 6 } }))
    const sizes = writes.flatMap((write) => (write.kind === 'patch' ? [[write.ref.name, write.body]] : []))
    expect(sizes).toMatchObject([
      ['web-v1', { spec: { replicas: 6 } }],
      ['web-v2', { spec: { replicas: 6 } }],
      ['web-v0', {}],
    ])
  })
})
