import { expect, it } from 'vitest'
import type { Lease } from '#api/core.ts'
import {
  isLive,
  requestLastsMs,
  requestOn,
  successorOn,
  withAnswer,
  withoutRequest,
  withRequest,
  withSuccessor,
} from '#main/controller/lease-request.ts'
import { T0 } from '#test/support/virtual-clock.ts'

const lease: Lease = {
  apiVersion: 'coordination.k8s.io/v1',
  kind: 'Lease',
  metadata: { namespace: 'argo-rollouts', name: 'lock', annotations: { mine: 'stays' } },
  spec: { holderIdentity: 'argosy-oslo_1', leaseDurationSeconds: 15 },
}
const asked = { by: 'ada@rome', at: T0, of: 'argosy-oslo_1', for: 'argosy-rome_2', reason: 'the release is mine' }

it('SR-6: a request is read as it was written, with its answer, and leaves no trace when taken off', () => {
  const annotated = withRequest(lease, asked)
  expect(requestOn(annotated)).toEqual({ ...asked, answer: undefined })
  const kept = withAnswer(annotated, { kind: 'kept', by: 'bo@oslo' })
  expect(requestOn(kept)?.answer).toEqual({ kind: 'kept', by: 'bo@oslo' })
  const allowed = withAnswer(kept, { kind: 'allowed', by: 'bo@oslo' })
  expect(requestOn(allowed)?.answer).toEqual({ kind: 'allowed', by: 'bo@oslo' })
  expect(withoutRequest(allowed)).toEqual(lease)
  expect(requestOn(withRequest(kept, asked))?.answer).toBeUndefined()
})

it('SR-6: who asked a holder before asks nobody now', () => {
  const annotated = withRequest(lease, asked)
  expect(requestOn({ ...annotated, spec: { holderIdentity: 'argosy-paris_3' } })).toBeUndefined()
  expect(requestOn({ ...annotated, spec: { holderIdentity: '' } })).toBeUndefined()
})

it('SR-6: lives for five minutes, and is not from the future', () => {
  const request = requestOn(withRequest(lease, asked))
  if (request === undefined) throw new Error('not read')
  const at = (now: number) => isLive(request, now)
  expect([at(T0), at(T0 + requestLastsMs - 1), at(T0 + requestLastsMs)]).toEqual([true, true, false])
  expect([at(T0 - 60_000), at(T0 - 60_001)]).toEqual([true, false])
})

it('what others write there is cut to one line', () => {
  const nasty = `${'x'.repeat(900)}\n\u001B[2J`
  const request = requestOn(withRequest(lease, { ...asked, by: nasty, reason: 'a\nb' }))
  expect(request?.by).toBe(`${'x'.repeat(63)}…`)
  expect(request?.reason).toBe('a b')
  expect(
    requestOn({ ...lease, metadata: { ...lease.metadata, annotations: { 'argosy.dev/requested-by': 'x' } } }),
  ).toBe(undefined)
})

it('SR-6: a lease that is handed over names its successor and asks nobody', () => {
  const given = withSuccessor(withRequest(lease, asked), 'argosy-rome_2')
  expect([successorOn(given), requestOn(given), successorOn(lease)]).toEqual(['argosy-rome_2', undefined, undefined])
})
