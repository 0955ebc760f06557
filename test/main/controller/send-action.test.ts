import { describe, expect, it } from 'vitest'
import type { Deployment } from '#api/apps.ts'
import { resources } from '#api/resources.ts'
import type { Failure } from '#lib/failure.ts'
import type { Log } from '#lib/log.ts'
import type { ActionRequest } from '#main/controller/action-request.ts'
import { failureText } from '#main/controller/failure-text.ts'
import { previewAction } from '#main/controller/preview-action.ts'
import { sendAction } from '#main/controller/send-action.ts'
import { anActionStage, disturb, held } from '#test/support/action-stage.ts'
import { aReplicaSet } from '#test/support/builders/replica-set.ts'
import { aPodTemplate } from '#test/support/builders/rollout.ts'
import type { FakeApi, FakeRequest } from '#test/support/fake-api.ts'

const conflict: Failure = { kind: 'Conflict', message: 'the object has been modified' }
const at = { namespace: 'shop', name: 'web' }

const sent = (api: FakeApi) => api.writes.map(({ subresource = 'main', body }) => [subresource, body] as const)
const isWriteTo = (place: 'status' | undefined) => (each: FakeRequest) =>
  each.verb === 'patch' && each.subresource === place

async function intentSeen(request: ActionRequest) {
  const shown = await previewAction(request)
  if (!shown.open) throw new Error(shown.reason)
  return shown.intent
}

describe('sendAction', () => {
  it('ACT-3, ACT-11: sends status, then spec held to the answer of the first', async () => {
    const { api, stored, request } = anActionStage()
    const before = stored().metadata.resourceVersion
    const outcome = await sendAction(request('promote'))
    expect(sent(api)).toEqual([
      ['status', { status: { pauseConditions: null }, metadata: { uid: 'uid-web', resourceVersion: before } }],
      ['main', { spec: { paused: false }, metadata: { uid: 'uid-web', resourceVersion: '102' } }],
    ])
    expect(outcome).toMatchObject({ ok: true, value: { resourceVersion: '103', message: "rollout 'web' promoted" } })
    expect(stored()).toMatchObject({ spec: { paused: false }, status: { currentStepIndex: 1 } })
  })

  it('ACT-3: stops when the status request fails: no spec request is sent', async () => {
    const { api, stored, request } = anActionStage()
    const refused: Failure = { kind: 'ServerError', message: 'etcd is down', status: 500 }
    disturb(api, isWriteTo('status'), () => refused)
    expect(await sendAction(request('promote'))).toEqual({ ok: false, error: { kind: 'failed', failure: refused } })
    expect(api.writes).toHaveLength(1)
    expect(stored().spec.paused).toBe(true)
  })

  it('ACT-11: after a conflict it reads again and sends what is right then', async () => {
    const { api, stored, change, request } = anActionStage()
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
    const { api, request } = anActionStage()
    disturb(api, isWriteTo('status'), () => conflict, 99)
    expect(await sendAction(request('promote'))).toEqual({ ok: false, error: { kind: 'failed', failure: conflict } })
    expect(api.writes).toHaveLength(5)
  })

  it('ACT-12: sends nothing when the step is no longer the one the person saw', async () => {
    const { api, change, request } = anActionStage()
    const intent = await intentSeen(request('promote'))
    change((each) => ({ ...each, status: { ...held, currentStepIndex: 2 } }))
    expect(await sendAction({ ...request('promote'), intent })).toEqual({
      ok: false,
      error: { kind: 'movedOn', changed: ['step 1 → 2'] },
    })
    expect(api.writes).toEqual([])
  })

  it('ACT-12: nor when it moves on between a conflict and the next attempt', async () => {
    const { api, change, request } = anActionStage()
    disturb(api, isWriteTo('status'), () => {
      change((each) => ({ ...each, status: { ...held, currentPodHash: 'v3', currentStepIndex: 0 } }))
      return undefined
    })
    const outcome = await sendAction(request('abort'))
    expect(outcome).toMatchObject({ error: { changed: ['pod template v2 → v3', 'step 1 → 0'] } })
    expect(api.writes).toHaveLength(1)
  })

  it('ACT-12: a pause is not held to the step, only to the revision', async () => {
    const { change, request } = anActionStage({})
    const intent = await intentSeen(request('pause'))
    change((each) => ({ ...each, status: { ...held, currentStepIndex: 2 } }))
    expect((await sendAction({ ...request('pause'), intent })).ok).toBe(true)
    change((each) => ({ ...each, spec: { ...each.spec, paused: false }, status: { ...held, currentPodHash: 'v3' } }))
    expect(await sendAction({ ...request('pause'), intent })).toMatchObject({ error: { kind: 'movedOn' } })
  })

  it('ACT-38: a half-done promote only sends the rest, even after the engine went on to the next step', async () => {
    const { api, stored, change, request } = anActionStage()
    disturb(api, isWriteTo(undefined), () => {
      change((each) => ({ ...each, status: { ...each.status, controllerPause: false, currentStepIndex: 2 } }))
      return undefined
    })
    expect((await sendAction(request('promote'))).ok).toBe(true)
    expect(sent(api).map(([place]) => place)).toEqual(['status', 'main', 'main'])
    expect(stored()).toMatchObject({ spec: { paused: false }, status: { currentStepIndex: 2 } })
  })

  it('ACT-12: a half-done promote stops when another revision came in between', async () => {
    const { api, stored, change, request } = anActionStage()
    disturb(api, isWriteTo(undefined), () => {
      change((each) => ({ ...each, status: { ...each.status, currentPodHash: 'v3' } }))
      return undefined
    })
    expect(await sendAction(request('promote'))).toMatchObject({ error: { changed: ['pod template v2 → v3'] } })
    expect(stored().spec.paused).toBe(true)
  })

  it('ACT-14: a missing right is shown with verb and resource', async () => {
    const { api, request } = anActionStage()
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
    const { api, request } = anActionStage()
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
    const { request } = anActionStage()
    const lines: unknown[] = []
    const log: Log = (level, event, fields) => lines.push([level, event, fields])
    await sendAction(request('abort', { reason: 'error rate', log }))
    expect(lines).toMatchObject([
      ['info', 'action', { context: 'harbor-1', ...at, action: 'abort', reason: 'error rate', outcome: { ok: true } }],
    ])
  })
})

describe('ACT-4: a cluster whose definition has no status subresource', () => {
  const notFound: Failure = {
    kind: 'NotFound',
    message: 'the server could not find the requested resource',
    resource: 'rollouts.argoproj.io/status',
    name: 'web',
  }

  it('ACT-4: the same abort goes to the main resource, held to the version that was read', async () => {
    const { api, stored, request } = anActionStage()
    const { resourceVersion } = stored().metadata
    disturb(api, isWriteTo('status'), () => notFound)
    expect(await sendAction(request('abort'))).toMatchObject({ value: { message: "rollout 'web' aborted" } })
    const body = { status: { abort: true }, metadata: { uid: 'uid-web', resourceVersion } }
    expect(sent(api)).toEqual([
      ['status', body],
      ['main', body],
    ])
  })

  it('ACT-4, ACT-38: promote sends its unified body instead of the spec patch', async () => {
    const { api, stored, request } = anActionStage()
    const { resourceVersion } = stored().metadata
    disturb(api, isWriteTo('status'), () => notFound)
    await sendAction(request('promote'))
    const metadata = { uid: 'uid-web', resourceVersion }
    const unified = { spec: { paused: false }, status: { pauseConditions: null }, metadata }
    expect(sent(api).slice(1)).toEqual([['main', unified]])
  })

  it('ACT-4: a second 404 means that the rollout is gone', async () => {
    const { api, request } = anActionStage()
    disturb(
      api,
      ({ verb }) => verb === 'patch',
      () => notFound,
      2,
    )
    expect(await sendAction(request('abort'))).toEqual({ ok: false, error: { kind: 'unknownTarget' } })
    expect(api.writes).toHaveLength(2)
  })

  it('ACT-11: a conflict of the unified patch is planned anew', async () => {
    const { api, change, request } = anActionStage()
    disturb(api, isWriteTo('status'), () => {
      change((each) => ({ ...each, spec: { ...each.spec, replicas: 7 } }))
      return notFound
    })
    expect((await sendAction(request('abort'))).ok).toBe(true)
    expect(sent(api).map(([place]) => place)).toEqual(['status', 'main', 'status'])
  })

  it('ACT-4: a 404 of a spec patch is no sign of it', async () => {
    const { api, request } = anActionStage({})
    disturb(api, isWriteTo(undefined), () => notFound)
    expect(await sendAction(request('pause'))).toMatchObject({ error: { kind: 'failed', failure: notFound } })
    expect(api.writes).toHaveLength(1)
  })
})

describe('what the effect is looked for by', () => {
  it('ACT-58: the Rollout as decided upon, and as the last request was answered', async () => {
    const { stored, request } = anActionStage()
    const before = stored()
    const outcome = await sendAction(request('promote'))
    expect(outcome).toMatchObject({ value: { echo: { before, written: stored() } } })
  })

  it('ACT-83: a restart is asked for in the time of the API server', async () => {
    const { api, stored, request } = anActionStage({})
    const client = Object.assign(api.client(), { clockOffsetMs: -3_600_000 })
    await sendAction(request('restart', { cluster: { context: 'harbor-1', client } }))
    expect(stored().spec.restartAt).toBe('2026-01-15T09:00:00Z')
  })
})

describe('undo', () => {
  function setUpUndo() {
    const parts = anActionStage({}, { currentPodHash: 'v2', stableRS: 'v2', currentStepIndex: 3 })
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
    expect(outcome).toEqual({ ok: true, value: { resourceVersion, message, echo: undefined } })
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

describe('set image', () => {
  const parameters = { images: [{ container: 'web', image: 'web:3' }] }

  it('ACT-113: replaces the Rollout, and after a conflict the newer one', async () => {
    const { api, stored, change, request } = anActionStage({})
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
    const { api, request } = anActionStage({ workloadRef: { apiVersion: 'apps/v1', kind: 'Deployment', name: 'base' } })
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
