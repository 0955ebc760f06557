import { describe, expect, it } from 'vitest'
import type { Deployment } from '#api/apps.ts'
import { resources } from '#api/resources.ts'
import type { Rollout, RolloutSpec, RolloutStatus } from '#api/rollout.ts'
import type { ActionName } from '#contract/views.ts'
import type { Failure } from '#lib/failure.ts'
import type { Log } from '#lib/log.ts'
import { failureText } from '#main/controller/failure-text.ts'
import { type ActionRequest, previewAction, sendAction } from '#main/controller/send-action.ts'
import { aReplicaSet } from '#test/support/builders/replica-set.ts'
import { aPodTemplate, aRollout, pause, setWeight } from '#test/support/builders/rollout.ts'
import { FakeApi, type FakeRequest } from '#test/support/fake-api.ts'
import { VirtualClock } from '#test/support/virtual-clock.ts'

const conflict: Failure = { kind: 'Conflict', message: 'the object has been modified' }
const at = { namespace: 'shop', name: 'web' }
const held: RolloutStatus = {
  currentPodHash: 'v2',
  stableRS: 'v1',
  currentStepIndex: 1,
  controllerPause: true,
  pauseConditions: [{ reason: 'CanaryPauseStep', startTime: '2026-01-15T10:00:00Z' }],
}

/** A canary held at its second step and, so that promote takes two requests, paused by hand as well. */
function setUp(spec: Partial<RolloutSpec> = { paused: true }, status: RolloutStatus = held) {
  const api = new FakeApi()
  const steps = [setWeight(20), pause(), setWeight(60)]
  api.put(resources.rollouts, aRollout({ image: 'web:2', steps, spec, status }))
  const stored = () => api.read(resources.rollouts, at) as Rollout
  const change = (to: (rollout: Rollout) => Rollout) => api.put(resources.rollouts, to(stored()))
  const request = (action: ActionName, more: Partial<ActionRequest> = {}): ActionRequest => ({
    cluster: { context: 'harbor-1', client: api.client() },
    clock: new VirtualClock(),
    action,
    ...at,
    parameters: {},
    ...more,
  })
  return { api, stored, change, request }
}

const sent = (api: FakeApi) => api.writes.map(({ subresource = 'main', body }) => [subresource, body] as const)
const isWriteTo = (place: 'status' | undefined) => (each: FakeRequest) =>
  each.verb === 'patch' && each.subresource === place

/** Runs `before` ahead of the first `times` requests that match, and answers them with `answer`. */
function disturb(
  api: FakeApi,
  matches: (request: FakeRequest) => boolean,
  before: () => Failure | undefined,
  times = 1,
): void {
  let left = times
  api.intercept = (request) => (matches(request) && left-- > 0 ? before() : undefined)
}

async function intentSeen(request: ActionRequest) {
  const shown = await previewAction(request)
  if (!shown.open) throw new Error(shown.reason)
  return shown.intent
}

describe('sendAction', () => {
  it('ACT-3, ACT-11: sends status, then spec held to the answer of the first', async () => {
    const { api, stored, request } = setUp()
    const before = stored().metadata.resourceVersion
    const outcome = await sendAction(request('promote'))
    expect(sent(api)).toEqual([
      ['status', { status: { pauseConditions: null }, metadata: { uid: 'uid-web', resourceVersion: before } }],
      ['main', { spec: { paused: false }, metadata: { uid: 'uid-web', resourceVersion: '102' } }],
    ])
    expect(outcome).toEqual({ ok: true, value: { resourceVersion: '103', message: "rollout 'web' promoted" } })
    expect(stored()).toMatchObject({ spec: { paused: false }, status: { currentStepIndex: 1 } })
  })

  it('ACT-3: stops when the status request fails: no spec request is sent', async () => {
    const { api, stored, request } = setUp()
    const refused: Failure = { kind: 'ServerError', message: 'etcd is down', status: 500 }
    disturb(api, isWriteTo('status'), () => refused)
    expect(await sendAction(request('promote'))).toEqual({ ok: false, error: { kind: 'failed', failure: refused } })
    expect(api.writes).toHaveLength(1)
    expect(stored().spec.paused).toBe(true)
  })

  it('ACT-11: after a conflict it reads again and sends what is right then', async () => {
    const { api, stored, change, request } = setUp()
    disturb(api, isWriteTo('status'), () => {
      change((each) => ({ ...each, spec: { ...each.spec, replicas: 7 } }))
      return undefined
    })
    const outcome = await sendAction(request('promote'))
    expect(outcome.ok).toBe(true)
    expect(sent(api).map(([place]) => place)).toEqual(['status', 'status', 'main'])
    expect(stored().spec).toMatchObject({ replicas: 7, paused: false })
  })

  it('ACT-11: gives up after five conflicts', async () => {
    const { api, request } = setUp()
    disturb(api, isWriteTo('status'), () => conflict, 99)
    expect(await sendAction(request('promote'))).toEqual({ ok: false, error: { kind: 'failed', failure: conflict } })
    expect(api.writes).toHaveLength(5)
  })

  it('ACT-12: sends nothing when the step is no longer the one the person saw', async () => {
    const { api, change, request } = setUp()
    const intent = await intentSeen(request('promote'))
    change((each) => ({ ...each, status: { ...held, currentStepIndex: 2 } }))
    expect(await sendAction({ ...request('promote'), intent })).toEqual({
      ok: false,
      error: { kind: 'movedOn', changed: ['step 1 → 2'] },
    })
    expect(api.writes).toEqual([])
  })

  it('ACT-12: nor when it moves on between a conflict and the next attempt', async () => {
    const { api, change, request } = setUp()
    disturb(api, isWriteTo('status'), () => {
      change((each) => ({ ...each, status: { ...held, currentPodHash: 'v3', currentStepIndex: 0 } }))
      return undefined
    })
    const outcome = await sendAction(request('abort'))
    expect(outcome).toMatchObject({ error: { changed: ['pod template v2 → v3', 'step 1 → 0'] } })
    expect(api.writes).toHaveLength(1)
  })

  it('ACT-12: a pause is not held to the step, only to the revision', async () => {
    const { change, request } = setUp({})
    const intent = await intentSeen(request('pause'))
    change((each) => ({ ...each, status: { ...held, currentStepIndex: 2 } }))
    expect((await sendAction({ ...request('pause'), intent })).ok).toBe(true)
    change((each) => ({ ...each, spec: { ...each.spec, paused: false }, status: { ...held, currentPodHash: 'v3' } }))
    expect(await sendAction({ ...request('pause'), intent })).toMatchObject({ error: { kind: 'movedOn' } })
  })

  it('ACT-38: a half-done promote only sends the rest, even after the engine went on to the next step', async () => {
    const { api, stored, change, request } = setUp()
    disturb(api, isWriteTo(undefined), () => {
      change((each) => ({ ...each, status: { ...each.status, controllerPause: false, currentStepIndex: 2 } }))
      return undefined
    })
    expect((await sendAction(request('promote'))).ok).toBe(true)
    expect(sent(api).map(([place]) => place)).toEqual(['status', 'main', 'main'])
    expect(stored()).toMatchObject({ spec: { paused: false }, status: { currentStepIndex: 2 } })
  })

  it('ACT-12: a half-done promote stops when another revision came in between', async () => {
    const { api, stored, change, request } = setUp()
    disturb(api, isWriteTo(undefined), () => {
      change((each) => ({ ...each, status: { ...each.status, currentPodHash: 'v3' } }))
      return undefined
    })
    expect(await sendAction(request('promote'))).toMatchObject({ error: { changed: ['pod template v2 → v3'] } })
    expect(stored().spec.paused).toBe(true)
  })

  it('ACT-14: a missing right is shown with verb and resource', async () => {
    const { api, request } = setUp()
    const forbidden: Failure = {
      kind: 'Forbidden',
      message: 'rollouts.argoproj.io "web" is forbidden',
      verb: 'patch',
      resource: 'rollouts.argoproj.io/status',
      namespace: 'shop',
    }
    disturb(api, isWriteTo('status'), () => forbidden)
    expect(await sendAction(request('abort'))).toEqual({ ok: false, error: { kind: 'failed', failure: forbidden } })
    expect(failureText(forbidden)).toBe(
      'permission denied: you need the right to patch rollouts.argoproj.io/status in namespace shop',
    )
  })

  it('refuses what is not open, in the words of the table, and what does not exist', async () => {
    const { api, request } = setUp()
    expect(await sendAction(request('retry'))).toEqual({
      ok: false,
      error: { kind: 'notOpen', reason: 'Retry is open after an abort' },
    })
    expect(await sendAction(request('abort', { name: 'other' }))).toEqual({
      ok: false,
      error: { kind: 'unknownTarget' },
    })
    expect(api.writes).toEqual([])
  })

  it('ACT-15: logs what was asked, why, and what came of it', async () => {
    const { request } = setUp()
    const lines: unknown[] = []
    const log: Log = (level, event, fields) => lines.push([level, event, fields])
    await sendAction(request('abort', { reason: 'error rate', log }))
    expect(lines).toMatchObject([
      ['info', 'action', { context: 'harbor-1', ...at, action: 'abort', reason: 'error rate', outcome: { ok: true } }],
    ])
  })
})

describe('undo', () => {
  function setUpUndo() {
    const parts = setUp({}, { currentPodHash: 'v2', stableRS: 'v2', currentStepIndex: 3 })
    parts.api.put(resources.replicaSets, aReplicaSet({ hash: 'v1', image: 'web:1', revision: 1 }))
    parts.api.put(resources.replicaSets, aReplicaSet({ hash: 'v2', image: 'web:2', revision: 2 }))
    parts.api.put(resources.replicaSets, aReplicaSet({ hash: 'v9', image: 'web:9', revision: 1, owner: 'uid-other' }))
    return parts
  }

  it('ACT-91, ACT-95: brings back the template of a ReplicaSet of this Rollout', async () => {
    const { stored, request } = setUpUndo()
    const outcome = await sendAction(request('undo'))
    expect(outcome).toMatchObject({ value: { message: "rollout 'web' undo" } })
    expect(stored().spec.template).toEqual(aPodTemplate('web:1'))
  })

  it('ACT-94: says so when there is nothing to do, and sends nothing', async () => {
    const { api, stored, request } = setUpUndo()
    const { resourceVersion } = stored().metadata
    const outcome = await sendAction(request('undo', { parameters: { toRevision: 2 } }))
    const message = 'skipped rollback (current template already matches revision 2)'
    expect(outcome).toEqual({ ok: true, value: { resourceVersion, message } })
    expect(api.writes).toEqual([])
  })

  it('ACT-100: a failed test reads as an invalid patch; when the object moved it is tried again', async () => {
    const { api, stored, change, request } = setUpUndo()
    const invalid: Failure = { kind: 'Invalid', message: 'the server rejected our request', causes: [] }
    disturb(api, isWriteTo(undefined), () => {
      change((each) => ({ ...each, spec: { ...each.spec, replicas: 7 } }))
      return invalid
    })
    expect((await sendAction(request('undo'))).ok).toBe(true)
    expect(stored().spec).toMatchObject({ replicas: 7, template: aPodTemplate('web:1') })
  })

  it('ACT-100: a patch that is invalid although nothing moved is not tried again', async () => {
    const { api, request } = setUpUndo()
    const invalid: Failure = { kind: 'Invalid', message: 'admission webhook denied the request', causes: [] }
    disturb(api, isWriteTo(undefined), () => invalid, 99)
    expect(await sendAction(request('undo'))).toEqual({ ok: false, error: { kind: 'failed', failure: invalid } })
    expect(api.writes).toHaveLength(1)
  })
})

describe('ACT-160…165: an action reads no more than it needs', () => {
  const readsOf = async (action: ActionName, spec: Partial<RolloutSpec> = {}) => {
    const { api, request } = setUp(spec)
    const parameters = action === 'setImage' ? { container: 'web', image: 'web:3' } : {}
    await previewAction(request(action, { parameters }))
    return api.requests.map(({ verb, resource }) => `${verb} ${resource}`)
  }
  const workloadRef = { apiVersion: 'apps/v1', kind: 'Deployment', name: 'base' }

  it.each(['promote', 'abort', 'pause', 'restart'] as const)('%s reads the Rollout', async (action) => {
    expect(await readsOf(action, { workloadRef })).toEqual(['get rollouts.argoproj.io'])
  })

  it('undo lists ReplicaSets, and reads the workload when there is one', async () => {
    expect(await readsOf('undo')).toEqual(['get rollouts.argoproj.io', 'list replicasets.apps'])
    expect(await readsOf('undo', { workloadRef })).toEqual([
      'get rollouts.argoproj.io',
      'list replicasets.apps',
      'get deployments.apps',
    ])
  })

  it('set image reads the workload when there is one', async () => {
    expect(await readsOf('setImage')).toEqual(['get rollouts.argoproj.io'])
    expect(await readsOf('setImage', { workloadRef })).toEqual(['get rollouts.argoproj.io', 'get deployments.apps'])
  })
})

describe('set image', () => {
  const parameters = { container: 'web', image: 'web:3' }

  it('ACT-113: replaces the Rollout, and after a conflict the newer one', async () => {
    const { api, stored, change, request } = setUp({})
    const isUpdate = ({ verb }: FakeRequest) => verb === 'update'
    disturb(api, isUpdate, () => {
      change((each) => ({ ...each, spec: { ...each.spec, replicas: 7 } }))
      return undefined
    })
    const outcome = await sendAction(request('setImage', { parameters }))
    expect(outcome).toMatchObject({ value: { message: 'rollout "web" image updated' } })
    expect(stored().spec).toMatchObject({ replicas: 7, template: aPodTemplate('web:3') })
  })

  it('ACT-111: changes the Deployment that holds the template', async () => {
    const { api, request } = setUp({ workloadRef: { apiVersion: 'apps/v1', kind: 'Deployment', name: 'base' } })
    const base: Deployment = {
      apiVersion: 'apps/v1',
      kind: 'Deployment',
      metadata: { name: 'base', namespace: 'shop' },
      spec: { selector: { matchLabels: { app: 'web' } }, template: aPodTemplate('web:2') },
    }
    api.put(resources.deployments, base)
    expect((await sendAction(request('setImage', { parameters }))).ok).toBe(true)
    const stored = api.read(resources.deployments, base.metadata) as Deployment
    expect(stored.spec.template).toEqual(aPodTemplate('web:3'))
  })
})

describe('previewAction', () => {
  it('UI-ACT-5: shows the requests, their effects, and the intent; sends nothing', async () => {
    const { api, request } = setUp()
    const shown = await previewAction(request('abort'))
    expect(shown).toMatchObject({
      open: true,
      intent: { uid: 'uid-web', currentPodHash: 'v2', stableRS: 'v1', stepIndex: 1, abort: false, paused: true },
      writes: [
        { method: 'PATCH', body: '{"status":{"abort":true},"metadata":{"uid":"uid-web","resourceVersion":"101"}}' },
      ],
    })
    expect(shown.open && shown.effects[0]).toBe('Traffic goes back to version v1')
    expect(api.writes).toEqual([])
  })

  it('UI-ACT-4: says why it is closed', async () => {
    const { request } = setUp()
    expect(await previewAction(request('retry'))).toMatchObject({ open: false, reason: 'Retry is open after an abort' })
    expect(await previewAction(request('abort', { name: 'other' }))).toMatchObject({
      open: false,
      reason: 'rollouts.argoproj.io "other" not found',
    })
  })
})
