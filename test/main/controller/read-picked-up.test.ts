import { describe, expect, it } from 'vitest'
import type { Deployment } from '#api/apps.ts'
import { resources } from '#api/resources.ts'
import { sendAction } from '#main/controller/send-action.ts'
import { anActionStage, held } from '#test/support/action-stage.ts'
import { aPodTemplate } from '#test/support/builders/rollout.ts'

const stale = { ...held, currentPodHash: 'v1', observedGeneration: '0' }

describe('ACT-45: promoting in full right after a change of the spec', () => {
  it('ACT-45: waits until a controller has picked the change up, then promotes what it found', async () => {
    const { api, clock, change, stored, request } = anActionStage({}, stale)
    const sending = sendAction(request('promoteFull'))
    await clock.advance(2000)
    expect(api.writes).toEqual([])
    change((each) => ({ ...each, status: { ...held, observedGeneration: '1' } }))
    await clock.advance(5000)
    expect(await sending).toMatchObject({ value: { message: "rollout 'web' fully promoted" } })
    expect(stored().status?.promoteFull).toBe(true)
  })

  it('ACT-45: after 30 s it says so, having read no more than ten times, and sends nothing', async () => {
    const { api, clock, request } = anActionStage({}, stale)
    const sending = sendAction(request('promoteFull'))
    await clock.advance(30_000)
    expect(await sending).toEqual({
      ok: false,
      error: { kind: 'notOpen', reason: 'the change was not picked up by a controller' },
    })
    expect(api.writes).toEqual([])
    expect(api.requests.length).toBeLessThanOrEqual(10)
    expect(clock.pending).toBe(0)
  })

  it('ACT-12: what was seen before the change is refused once the change is picked up', async () => {
    const { clock, change, request } = anActionStage({}, { ...held, observedGeneration: '0' })
    const intent = { uid: 'uid-web', currentPodHash: 'v2', stableRS: 'v1', stepIndex: 1, abort: false, paused: false }
    const sending = sendAction({ ...request('promoteFull'), intent })
    await clock.advance(1000)
    change((each) => ({
      ...each,
      status: { ...held, currentPodHash: 'v3', currentStepIndex: 0, observedGeneration: '1' },
    }))
    await clock.advance(5000)
    expect(await sending).toMatchObject({ error: { kind: 'movedOn' } })
  })

  it('ACT-45: with a workloadRef the generation of the workload counts', async () => {
    const workloadRef = { apiVersion: 'apps/v1', kind: 'Deployment', name: 'base' }
    const observed = { ...held, observedGeneration: '1' }
    const { api, clock, change, request } = anActionStage(
      { workloadRef },
      { ...observed, workloadObservedGeneration: '0' },
    )
    const base: Deployment = {
      apiVersion: 'apps/v1',
      kind: 'Deployment',
      metadata: { name: 'base', namespace: 'shop' },
      spec: { selector: { matchLabels: { app: 'web' } }, template: aPodTemplate('web:2') },
    }
    api.put(resources.deployments, base)
    const sending = sendAction(request('promoteFull'))
    await clock.advance(2000)
    expect(api.writes).toEqual([])
    change((each) => ({ ...each, status: { ...observed, workloadObservedGeneration: '1' } }))
    await clock.advance(5000)
    expect((await sending).ok).toBe(true)
  })

  it('ACT-13: other actions are refused at once', async () => {
    const { request } = anActionStage({}, { ...held, observedGeneration: '0' })
    expect(await sendAction(request('promote'))).toMatchObject({
      error: { kind: 'notOpen', reason: expect.stringContaining('waiting for rollout spec update to be observed') },
    })
  })
})
