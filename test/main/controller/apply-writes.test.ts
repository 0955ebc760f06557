import { expect, it } from 'vitest'
import { resources } from '#api/resources.ts'
import type { Rollout } from '#api/rollout.ts'
import type { EventWrite, PatchWrite, Write } from '#engine/decision.ts'
import { type ApplyPorts, applyWrites, patchBody } from '#main/controller/apply-writes.ts'
import { FakeApi } from '#test/support/fake-api.ts'

const rollout: Rollout = {
  apiVersion: 'argoproj.io/v1alpha1',
  kind: 'Rollout',
  metadata: { namespace: 'shop', name: 'web' },
  spec: { replicas: 2 },
}

const statusPatch = (body: unknown, resourceVersion?: string): PatchWrite => ({
  kind: 'patch',
  ref: { resource: resources.rollouts, namespace: 'shop', name: 'web' },
  subresource: 'status',
  patchType: 'merge',
  body,
  precondition: resourceVersion === undefined ? {} : { resourceVersion },
  because: 'REC-61',
  summary: 'Write the status of Rollout web',
})

const event: EventWrite = {
  kind: 'event',
  regarding: rollout,
  type: 'Normal',
  reason: 'RolloutPaused',
  message: 'Rollout is paused (CanaryPauseStep)',
  because: 'EVT-10',
  summary: 'Tell that Rollout web is paused',
}

function setUp(ports: Partial<ApplyPorts> = {}) {
  const api = new FakeApi()
  const stored = api.put(resources.rollouts, rollout)
  const events: string[] = []
  const written: string[] = []
  const apply = (writes: readonly Write[]) =>
    applyWrites(writes, {
      client: api.client(),
      mayWrite: () => true,
      recordEvent: (each) => events.push(each.reason),
      onHeldBack: () => undefined,
      onWritten: (write, object) => written.push(`${write.kind} ${object?.metadata.resourceVersion}`),
      ...ports,
    })
  return { api, stored, events, written, apply }
}

it('puts the precondition into a merge patch, beside other metadata', () => {
  const write = {
    patchType: 'merge' as const,
    body: { metadata: { labels: { a: 'b' } } },
    precondition: { uid: 'u', resourceVersion: '7' },
  }
  expect(patchBody(write)).toEqual({ metadata: { labels: { a: 'b' }, uid: 'u', resourceVersion: '7' } })
})

it('ACT-100: puts the precondition in front of a JSON patch as tests', () => {
  const replace = { op: 'replace', path: '/spec/template', value: {} }
  expect(patchBody({ patchType: 'json', body: [replace], precondition: { resourceVersion: '7' } })).toEqual([
    { op: 'test', path: '/metadata/resourceVersion', value: '7' },
    replace,
  ])
})

it('leaves a body without precondition as it is', () => {
  const body = { status: { abort: true } }
  expect(patchBody({ patchType: 'merge', body, precondition: {} })).toBe(body)
})

it('E4: carries writes out in order and stops at the first that fails', async () => {
  const { api, stored, written, apply } = setUp()
  const current = stored.metadata.resourceVersion ?? ''
  const outcome = await apply([
    statusPatch({ status: { stableRS: 'a' } }, current),
    statusPatch({ status: { stableRS: 'b' } }, 'another'),
    statusPatch({ status: { stableRS: 'c' } }),
  ])
  expect(outcome).toMatchObject({ ok: false, error: { kind: 'failed', failure: { kind: 'Conflict' } } })
  expect(api.read(resources.rollouts, rollout.metadata)).toMatchObject({ status: { stableRS: 'a' } })
  expect(written).toHaveLength(1)
})

it('E7: a second write to an object is bound to what the first has made of it, and to nothing else', async () => {
  const { api, stored, apply } = setUp()
  const read = stored.metadata.resourceVersion ?? ''
  const both = [statusPatch({ status: { stableRS: 'a' } }, read), statusPatch({ status: { abort: true } }, read)]
  expect(await apply(both)).toEqual({ ok: true, value: undefined })
  const seen = api.read(resources.rollouts, rollout.metadata)?.metadata.resourceVersion ?? ''
  const edited: Rollout = { ...rollout, spec: { replicas: 7 } }
  const meddled = setUp({ onWritten: () => meddled.api.put(resources.rollouts, edited) })
  const first = meddled.stored.metadata.resourceVersion ?? ''
  const outcome = await meddled.apply([
    statusPatch({ status: { stableRS: 'a' } }, first),
    statusPatch({ status: { abort: true } }, first),
  ])
  expect(outcome).toMatchObject({ ok: false, error: { failure: { kind: 'Conflict' } } })
  expect(meddled.api.read(resources.rollouts, rollout.metadata)).toMatchObject({ spec: { replicas: 7 } })
  expect(seen).not.toBe(read)
})

it('REC-125: a pod that a disruption budget holds keeps nothing else from being done', async () => {
  const { api, written, apply } = setUp()
  const pod = { apiVersion: 'v1', kind: 'Pod', metadata: { namespace: 'shop', name: 'web-1' } }
  api.put(resources.pods, pod)
  api.intercept = ({ subresource }) =>
    subresource === 'eviction' ? { kind: 'Throttled', message: 'disruption budget', retryAfterMs: 10_000 } : undefined
  const ref = { resource: resources.pods, namespace: 'shop', name: 'web-1' }
  const evict = { kind: 'evict', ref, precondition: {}, because: 'REC-125', summary: 'Evict pod web-1' } as const
  const outcome = await apply([evict, statusPatch({ status: { stableRS: 'a' } })])
  expect(outcome).toMatchObject({ ok: true })
  expect(api.read(resources.rollouts, rollout.metadata)).toMatchObject({ status: { stableRS: 'a' } })
  expect(api.read(resources.pods, pod.metadata)).toBeDefined()
  expect(written).toHaveLength(1)
})

it('OPS-142: an event is recorded only after the writes before it succeeded', async () => {
  const { events, apply } = setUp()
  await apply([statusPatch({ status: {} }, '1'), event])
  expect(events).toEqual([])
  await apply([statusPatch({ status: {} }), event])
  expect(events).toEqual(['RolloutPaused'])
})

it('OPS-41: asks before every write, and writes nothing more once the lease is gone', async () => {
  let allowed = 1
  const { api, apply } = setUp({ mayWrite: () => allowed-- > 0 })
  const outcome = await apply([statusPatch({ status: { stableRS: 'a' } }), statusPatch({ status: { stableRS: 'b' } })])
  expect(outcome).toMatchObject({ ok: false, error: { kind: 'leaseLost' } })
  expect(api.writes).toHaveLength(1)
})

it('TR-17, TR-31: tells what was refused, and ends the round, unless the write may fail', async () => {
  const { api, events, apply } = setUp()
  const ifRefused = [
    { regarding: rollout, type: 'Warning', reason: 'CanaryMappingCleanupError', before: 'Error deleting: ' },
  ] as const
  const refused: Write = {
    kind: 'delete',
    ref: { resource: resources.services, namespace: 'shop', name: 'gone' },
    precondition: {},
    because: 'AMB-6',
    summary: 'Delete',
    ifRefused,
  }
  api.intercept = ({ verb }) => (verb === 'delete' ? { kind: 'ServerError', message: 'boom', status: 500 } : undefined)
  expect(await apply([refused, event])).toMatchObject({
    ok: false,
    error: { kind: 'failed', failure: { message: 'boom' } },
  })
  expect(events.splice(0)).toEqual(['CanaryMappingCleanupError'])
  expect(await apply([{ ...refused, mayFail: true }, event])).toMatchObject({ ok: true })
  expect(events.splice(0)).toEqual(['CanaryMappingCleanupError', 'RolloutPaused'])
  api.intercept = () => ({ kind: 'Conflict', message: 'changed' })
  expect(await apply([refused])).toMatchObject({ ok: false })
  expect(events).toEqual([])
})
