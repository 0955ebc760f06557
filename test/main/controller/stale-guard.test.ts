import { expect, it } from 'vitest'
import type { KubeObject } from '#api/meta.ts'
import { isOlder, StaleGuard } from '#main/controller/stale-guard.ts'
import { VirtualClock } from '#test/support/virtual-clock.ts'

const anObject = (name: string, resourceVersion: string): KubeObject => ({
  apiVersion: 'v1',
  kind: 'Any',
  metadata: { namespace: 'shop', name, resourceVersion },
})

it.each([
  ['99', '100', true],
  ['100', '99', false],
  ['100', '101', true],
  ['100', '100', false],
  ['', '100', false],
  ['012', '100', false],
  ['abc', '100', false],
  ['9', '', false],
])('REC-9, OPS-71: version %j is older than %j: %j', (version, than, older) => {
  expect(isOlder(version, than)).toBe(older)
})

it('REC-9, OPS-70: a Rollout is stale until its cache shows the last write', () => {
  const guard = new StaleGuard(new VirtualClock())
  guard.wrote('shop/web', 'rollouts', anObject('web', '120'), false)
  expect(guard.isStale('shop/web', () => '119')).toBe(true)
  expect(guard.isStale('shop/web', () => '120')).toBe(false)
  expect(guard.isStale('shop/web', () => '119')).toBe(false)
})

it('REC-9, OPS-71: forgets a Rollout that was deleted', () => {
  const guard = new StaleGuard(new VirtualClock())
  guard.wrote('shop/web', 'rollouts', anObject('web', '120'), false)
  guard.forget('shop/web')
  expect(guard.isStale('shop/web', () => '1')).toBe(false)
})

it('waits for a ReplicaSet that was created and is not cached yet, so that it is not created twice', () => {
  const guard = new StaleGuard(new VirtualClock())
  guard.wrote('shop/web', 'replicaSets', anObject('web-5ffb', '120'), true)
  expect(guard.isStale('shop/web', () => undefined)).toBe(true)
  expect(guard.isStale('shop/web', () => '121')).toBe(false)
})

it('does not wait for a ReplicaSet that was changed and is gone', () => {
  const guard = new StaleGuard(new VirtualClock())
  guard.wrote('shop/web', 'replicaSets', anObject('web-5ffb', '120'), false)
  expect(guard.isStale('shop/web', () => undefined)).toBe(false)
})

it('fails open after half a minute, so that a lost event cannot freeze a Rollout', async () => {
  const clock = new VirtualClock()
  const guard = new StaleGuard(clock)
  guard.wrote('shop/web', 'replicaSets', anObject('web-5ffb', '120'), true)
  await clock.advance(30_000)
  expect(guard.isStale('shop/web', () => undefined)).toBe(false)
})
