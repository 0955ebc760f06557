import { expect, it } from 'vitest'
import type { Event } from '#api/core.ts'
import { resources } from '#api/resources.ts'
import type { Rollout } from '#api/rollout.ts'
import type { EventWrite } from '#engine/decision.ts'
import { silentLog } from '#lib/log.ts'
import { EventRecorder } from '#main/controller/record-event.ts'
import { FakeApi } from '#test/support/fake-api.ts'
import { T0, VirtualClock } from '#test/support/virtual-clock.ts'

const regarding: Rollout = {
  apiVersion: 'argoproj.io/v1alpha1',
  kind: 'Rollout',
  metadata: { namespace: 'shop', name: 'web', uid: 'u1' },
  spec: {},
}

const aRollout = (name: string): Rollout => ({
  ...regarding,
  metadata: { namespace: 'shop', name, uid: `uid-${name}` },
})

const anEvent = (message: string, reason = 'ScalingReplicaSet', about = regarding): EventWrite => ({
  kind: 'event',
  regarding: about,
  type: 'Normal',
  reason,
  message,
  because: 'EVT-8',
  summary: message,
})

function setUp() {
  const api = new FakeApi()
  const clock = new VirtualClock()
  const recorder = new EventRecorder({ client: api.client(), clock, log: silentLog })
  const events = () => api.all(resources.events) as readonly Event[]
  return { api, clock, recorder, events }
}

it('OPS-140: writes an event of the reference controller’s source about the Rollout', async () => {
  const { clock, recorder, events } = setUp()
  recorder.record(anEvent('Scaled up'))
  await clock.advance(0)
  expect(events()).toHaveLength(1)
  expect(events()[0]).toMatchObject({
    metadata: { namespace: 'shop', name: expect.stringMatching(/^web\.[0-9a-f]+$/) },
    involvedObject: { kind: 'Rollout', namespace: 'shop', name: 'web', uid: 'u1' },
    source: { component: 'rollouts-controller' },
    type: 'Normal',
    reason: 'ScalingReplicaSet',
    message: 'Scaled up',
    count: 1,
    firstTimestamp: '2026-01-15T10:00:00Z',
  })
})

it('OPS-141: the same event again raises the count of the one object', async () => {
  const { clock, recorder, events } = setUp()
  recorder.record(anEvent('Scaled up'))
  await clock.advance(5_000)
  recorder.record(anEvent('Scaled up'))
  await clock.advance(0)
  expect(events()).toHaveLength(1)
  expect(events()[0]).toMatchObject({ count: 2, lastTimestamp: '2026-01-15T10:00:05Z' })
})

it('OPS-141: combines more than ten similar events', async () => {
  const { clock, recorder, events } = setUp()
  for (let n = 1; n <= 13; n++) recorder.record(anEvent(`Scaled to ${n}`))
  await clock.advance(0)
  const combined = events().filter((each) => each.message?.startsWith('(combined from similar events): '))
  expect({ all: events().length, combined: combined.map((each) => each.count) }).toEqual({ all: 11, combined: [3] })
})

it('OPS-141: an object has a budget of 25 events, and one more each five minutes', async () => {
  const { clock, recorder, events } = setUp()
  for (let n = 1; n <= 40; n++) recorder.record(anEvent('again', `Reason${n}`))
  await clock.advance(0)
  expect(events()).toHaveLength(25)
  await clock.advance(300_000)
  recorder.record(anEvent('again', 'Later'))
  recorder.record(anEvent('again', 'TooSoon'))
  await clock.advance(0)
  expect(
    events()
      .map((each) => each.reason)
      .slice(25),
  ).toEqual(['Later'])
})

it('OPS-141: what waits is bounded by the budgets alone: nothing is lost when 200 rollouts are updated at once', async () => {
  const { clock, recorder, events } = setUp()
  const names = Array.from({ length: 200 }, (_, n) => `app-${n}`)
  for (let n = 1; n <= 30; n++) for (const name of names) recorder.record(anEvent('once', `Reason${n}`, aRollout(name)))
  await clock.advance(0)
  const told = Map.groupBy(events(), ({ involvedObject }) => involvedObject.name)
  expect(told.size).toBe(200)
  const firstOfBudget = Array.from({ length: 25 }, (_, n) => `Reason${n + 1}`)
  for (const each of told.values()) expect(each.map(({ reason }) => reason)).toEqual(firstOfBudget)
})

it('OPS-141: a repeat of an event that waits is one request with it', async () => {
  const { api, clock, recorder, events } = setUp()
  recorder.record(anEvent('first'))
  for (let n = 1; n <= 3; n++) recorder.record(anEvent('again'))
  await clock.advance(5_000)
  expect(api.requests).toHaveLength(2)
  recorder.record(anEvent('again'))
  await clock.advance(0)
  expect(events().map(({ message, count }) => ({ message, count }))).toEqual([
    { message: 'first', count: 1 },
    { message: 'again', count: 4 },
  ])
})

it('OPS-140: an event that had to wait tells when it happened', async () => {
  const { api, clock, recorder, events } = setUp()
  api.intercept = () => ({ kind: 'Unreachable', message: 'refused', since: T0 })
  recorder.record(anEvent('Scaled up'))
  recorder.record(anEvent('Scaled down'))
  await clock.advance(15_000)
  recorder.record(anEvent('Scaled down'))
  api.intercept = () => undefined
  await clock.advance(10_000)
  expect(events().map(({ firstTimestamp, lastTimestamp }) => [firstTimestamp, lastTimestamp])).toEqual([
    ['2026-01-15T10:00:00Z', '2026-01-15T10:00:00Z'],
    ['2026-01-15T10:00:00Z', '2026-01-15T10:00:15Z'],
  ])
})

it('OPS-141: tries again after ten seconds while the server does not answer, and gives up when it refuses', async () => {
  const { api, clock, recorder, events } = setUp()
  api.intercept = () => ({ kind: 'Unreachable', message: 'refused', since: T0 })
  recorder.record(anEvent('Scaled up'))
  await clock.advance(15_000)
  expect(api.requests).toHaveLength(2)
  api.intercept = () => undefined
  await clock.advance(10_000)
  expect(events()).toHaveLength(1)
  api.intercept = () => ({ kind: 'Forbidden', message: 'no', verb: 'create', resource: 'events', namespace: 'shop' })
  api.requests.length = 0
  recorder.record(anEvent('Scaled down'))
  await clock.advance(60_000)
  expect(api.requests).toHaveLength(1)
})

it('stops without waiting for retries', async () => {
  const { api, clock, recorder } = setUp()
  api.intercept = () => ({ kind: 'Unreachable', message: 'refused', since: T0 })
  recorder.record(anEvent('Scaled up'))
  await clock.advance(0)
  await recorder.stop()
  expect(api.requests.length).toBeLessThanOrEqual(2)
})
