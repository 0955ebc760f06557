import { expect, it } from 'vitest'
import { resources } from '#api/resources.ts'
import type { PatchWrite, Write } from '#engine/decision.ts'
import { DueWrites } from '#main/controller/due-writes.ts'
import { VirtualClock } from '#test/support/virtual-clock.ts'

const due: PatchWrite = {
  kind: 'patch',
  ref: { resource: resources.rollouts, namespace: 'shop', name: 'web' },
  subresource: 'status',
  patchType: 'merge',
  body: { status: { readyReplicas: 1 } },
  precondition: {},
  because: 'REC-61',
  summary: 'Set status: readyReplicas',
}
const mayWait: PatchWrite = { ...due, mayWait: true }
const event: Write = {
  kind: 'event',
  regarding: { apiVersion: 'argoproj.io/v1alpha1', kind: 'Rollout', metadata: { name: 'web' } },
  type: 'Normal',
  reason: 'R',
  message: 'm',
  because: 'X-1',
  summary: 's',
}

function setUp() {
  const clock = new VirtualClock()
  const dueWrites = new DueWrites(clock)
  return { clock, dueWrites, waitMs: (writes: readonly Write[], key = 'shop/web') => dueWrites.of(key, writes).waitMs }
}

it('leaves out what may wait, and lets go of all else in its order', () => {
  const { dueWrites } = setUp()
  expect(dueWrites.of('shop/a', [])).toEqual({ due: [], waitMs: 0 })
  expect(dueWrites.of('shop/b', [due, event])).toEqual({ due: [due, event], waitMs: 0 })
  expect(dueWrites.of('shop/c', [due, mayWait, event])).toEqual({ due: [due, event], waitMs: 1000 })
})

it('counts from the first time, however many follow, and lets go a second later', async () => {
  const { clock, dueWrites, waitMs } = setUp()
  const waits = [waitMs([mayWait])]
  for (let times = 0; times < 3; times++) {
    await clock.advance(400)
    waits.push(waitMs([mayWait]))
  }
  expect(waits).toEqual([1000, 600, 200, 0])
  expect(dueWrites.of('shop/web', [due, mayWait])).toEqual({ due: [due], waitMs: 1000 })
  await clock.advance(1000)
  expect(dueWrites.of('shop/web', [due, mayWait])).toEqual({ due: [due, mayWait], waitMs: 0 })
})

it('a round with nothing to leave out begins the time anew, and each Rollout waits for itself', async () => {
  const { clock, dueWrites, waitMs } = setUp()
  waitMs([mayWait])
  waitMs([mayWait], 'shop/api')
  waitMs([mayWait], 'shop/gone')
  await clock.advance(600)
  dueWrites.forget('shop/gone')
  expect([waitMs([due]), waitMs([mayWait])]).toEqual([0, 1000])
  expect([waitMs([mayWait], 'shop/api'), waitMs([mayWait], 'shop/gone')]).toEqual([400, 1000])
})
