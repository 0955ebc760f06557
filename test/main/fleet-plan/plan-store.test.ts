import { describe, expect, it } from 'vitest'
import { resources } from '#api/resources.ts'
import { PlanStore, planObjectName } from '#main/fleet-plan/plan-store.ts'
import { aMember, aPlan, aWave, memberStatus } from '#test/support/builders/fleet-plan.ts'
import { FakeApi } from '#test/support/fake-api.ts'

const plan = aPlan(
  [
    aWave(['a', 'b'], {
      deadlineMs: 1,
      minEvidence: [{ metric: 'errors', minCount: 3 }],
      analysis: {
        templates: [{ templateName: 'smoke' }],
        args: [{ name: 'hash', valueFrom: { podTemplateHashValue: 'Latest' } }],
      },
    }),
  ],
  {
    windows: [
      { kind: 'deny', rrule: 'DTSTART:20261223T180000', timeZone: 'UTC', durationMs: 60_000, reason: 'holidays' },
    ],
    approvals: { count: 1, by: ['bob'] },
    status: {
      approvals: [{ by: 'bob@desk', at: 1, reason: 'read it' }],
      members: {
        'a/shop/web': memberStatus('Soaking', {
          soak: { provenMs: 1, seenAt: 2 },
          exposure: { lostMs: 3, weighedMs: 2, riskMs: 1, seenAt: 2, share: 0.2, most: 1 },
          sent: { kind: 'mark', at: 1, resourceVersion: '7' },
        }),
      },
      holds: [{ reason: 'Manual', since: 1, text: 'no', by: 'ann', stopsLine: true, until: 9 }],
      rollback: { scope: 'wave', wave: 0, since: 1, by: 'ann' },
    },
  },
)
const aStore = () => {
  const api = new FakeApi()
  return { api, store: new PlanStore(api.client(), 'argosy') }
}
const put = (api: FakeApi, data: object, name = planObjectName(plan.id)) =>
  api.put(resources.configMaps, {
    apiVersion: 'v1',
    kind: 'ConfigMap',
    metadata: { name, namespace: 'argosy', labels: { 'argosy.dev/fleet-plan': 'true' } },
    data,
  } as never)

describe('plans in their home cluster', () => {
  it('3.4.1: a plan is read as it was written', async () => {
    const { store } = aStore()
    const created = await store.create(plan)
    expect(created.ok).toBe(true)
    expect(await store.read(plan.id)).toEqual(created)
    expect(await store.list()).toEqual({ ok: true, value: created.ok ? [created.value] : [] })
  })

  it('SR-6: who writes without having read what is there is refused', async () => {
    const { store } = aStore()
    const created = await store.create(plan)
    const version = created.ok ? created.value.version : ''
    expect((await store.write({ ...plan, name: 'other' }, version)).ok).toBe(true)
    expect(await store.write(plan, version)).toMatchObject({ ok: false, error: { kind: 'Conflict' } })
  })

  it.each([
    ['no plan', {}, /holds no plan that this version can read/],
    ['text that is no JSON', { plan: '{' }, /holds no plan/],
    ['another schema', { plan: JSON.stringify({ ...plan, schema: 'v9' }) }, /plan\.schema: expected/],
    [
      'a field that is wrong',
      { plan: JSON.stringify({ ...plan, spec: { ...plan.spec, unreachable: 'hope' } }) },
      /plan\.spec\.unreachable/,
    ],
    ['a field that is not known', { plan: JSON.stringify({ ...plan, more: 1 }) }, /plan\.more/],
  ])('3.4.1: a ConfigMap with %s is told, and left out of the list', async (_what, data, told) => {
    const { api, store } = aStore()
    put(api, data)
    const read = await store.read(plan.id)
    expect(read.ok ? '' : read.error.message).toMatch(told)
    expect(await store.list()).toEqual({ ok: true, value: [] })
  })

  it('3.4.1: a plan that no ConfigMap can hold is refused with what to do', async () => {
    const { api, store } = aStore()
    const members = Array.from({ length: 9_000 }, (_, index) => aMember(`context-${index}`))
    const answer = await store.create({ ...plan, spec: { ...plan.spec, members } })
    expect(answer.ok ? '' : answer.error.message).toBe(
      'The plan has 9000 members, more than one ConfigMap holds. Make two plans of it.',
    )
    expect(api.requests).toEqual([])
  })
})
