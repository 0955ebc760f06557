import { expect, it } from 'vitest'
import type { Event } from '#api/core.ts'
import { resources } from '#api/resources.ts'
import type { RolloutStatus } from '#api/rollout.ts'
import { silentLog } from '#lib/log.ts'
import { recordFleet } from '#main/app/record-fleet.ts'
import { createFleetSource } from '#main/fleet/fleet-source.ts'
import { listHistory, readRecord } from '#main/history/reader.ts'
import { createRecorder, type Recorder } from '#main/history/recorder.ts'
import { aHistory } from '#test/support/builders/history.ts'
import { aReplicaSet } from '#test/support/builders/replica-set.ts'
import { aRollout, pause, setWeight } from '#test/support/builders/rollout.ts'
import { FakeApi } from '#test/support/fake-api.ts'
import { FakeCluster } from '#test/support/fake-cluster.ts'
import { VirtualClock } from '#test/support/virtual-clock.ts'

const steps = [setWeight(20), pause()]
const settled: RolloutStatus = { currentPodHash: 'v1', stableRS: 'v1', phase: 'Healthy', currentStepIndex: 2 }
const updating: RolloutStatus = { currentPodHash: 'v2', stableRS: 'v1', phase: 'Progressing', currentStepIndex: 0 }
const aborted: RolloutStatus = { ...updating, abort: true }

const anEvent = (uid: string | undefined, at: number, more: Partial<Event> = {}): Event => ({
  apiVersion: 'v1',
  kind: 'Event',
  metadata: { name: 'e1', namespace: 'shop', uid: 'event-1' },
  involvedObject: { kind: 'Rollout', namespace: 'shop', name: 'web', ...(uid !== undefined && { uid }) },
  reason: 'RolloutStepCompleted',
  message: 'Rollout step 1/2 completed (setWeight: 20)',
  lastTimestamp: new Date(at).toISOString(),
  ...more,
})

it('UI-HIST-2: from the watch to the record: an update, its events and their repeats, and the words of its abort', async () => {
  const clock = new VirtualClock()
  const api = new FakeApi()
  const cluster = new FakeCluster(api, api.client('eu'))
  const history = aHistory({ clock })
  const fleet = createFleetSource({ clock })
  const recorder = createRecorder({ history, clock, log: silentLog })
  const stop = recordFleet(fleet, recorder, clock)
  fleet.add(cluster)
  const put = (status: RolloutStatus) => api.put(resources.rollouts, aRollout({ steps, status }))
  api.put(resources.replicaSets, aReplicaSet({ hash: 'v1', revision: 1 }))
  const { uid } = put(settled).metadata
  await clock.advance(1000)
  put(updating)
  await clock.advance(1000)
  api.put(resources.events, anEvent(uid, clock.now()))
  await clock.advance(1000)
  api.put(resources.events, anEvent(uid, clock.now(), { count: 2 }))
  put({ ...aborted, phase: 'Paused', message: 'CanaryPauseStep' })
  await clock.advance(1000)
  put({ ...aborted, phase: 'Degraded', message: 'RolloutAborted: Rollout aborted update to revision 2' })
  await clock.advance(1000)
  stop()
  api.put(resources.events, anEvent(uid, clock.now(), { count: 3 }))

  const [entry] = listHistory(history, { limit: 1 })
  expect(entry).toMatchObject({
    outcome: 'Aborted',
    reason: 'RolloutAborted: Rollout aborted update to revision 2',
  })
  const timeline = readRecord(history, entry?.id ?? '')?.timeline ?? []
  expect(timeline.filter(({ kind }) => kind === 'event')).toMatchObject([
    { who: 'cluster', reason: 'RolloutStepCompleted', count: 2 },
  ])
  expect(timeline.filter(({ kind }) => kind === 'status').map((each) => 'message' in each && each.message)).toEqual([
    '',
    '',
    'RolloutAborted: Rollout aborted update to revision 2',
  ])
  fleet.stop()
  recorder.stop()
})

it('UI-LOAD-1: the templates of a whole cluster are stored after it is shown, those of few rollouts at once', async () => {
  const clock = new VirtualClock()
  const api = new FakeApi()
  const captured: string[] = []
  const recorder = { observe: () => {}, capture: (key: string) => captured.push(key) } as unknown as Recorder
  const fleet = createFleetSource({ clock })
  const stop = recordFleet(fleet, recorder, clock)
  const put = (name: string) => {
    const rollout = aRollout({ steps, status: settled })
    api.put(resources.rollouts, { ...rollout, metadata: { ...rollout.metadata, name, uid: `uid-${name}` } })
  }
  for (let index = 0; index < 120; index++) put(`app-${index}`)
  fleet.add(new FakeCluster(api, api.client('eu')))
  await clock.advance(20)
  expect(Object.keys(fleet.snapshot().rollouts)).toHaveLength(120)
  expect(captured).toHaveLength(0)
  await clock.advance(250)
  expect(captured).toHaveLength(50)
  await clock.advance(500)
  expect(new Set(captured).size).toBe(120)
  put('late')
  await clock.advance(200)
  expect(captured).toHaveLength(121)
  for (let index = 0; index < 60; index++) put(`more-${index}`)
  await clock.advance(200)
  stop()
  expect(captured).toHaveLength(181)
  fleet.stop()
})
