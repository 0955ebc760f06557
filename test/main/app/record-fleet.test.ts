import { expect, it } from 'vitest'
import type { Event } from '#api/core.ts'
import { resources } from '#api/resources.ts'
import type { RolloutStatus } from '#api/rollout.ts'
import { silentLog } from '#lib/log.ts'
import { recordFleet } from '#main/app/record-fleet.ts'
import { createFleetSource } from '#main/fleet/fleet-source.ts'
import { listHistory, readRecord } from '#main/history/reader.ts'
import { createRecorder, type Recorder } from '#main/history/recorder.ts'
import { anAnalysisRun } from '#test/support/builders/analysis.ts'
import { aHistory, aHistoryPath } from '#test/support/builders/history.ts'
import { aReplicaSet } from '#test/support/builders/replica-set.ts'
import { aRollout, pause, setWeight } from '#test/support/builders/rollout.ts'
import { FakeApi } from '#test/support/fake-api.ts'
import { FakeCluster } from '#test/support/fake-cluster.ts'
import { T0, VirtualClock } from '#test/support/virtual-clock.ts'

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

it('UI-HIST-4: what a cluster holds of a night is told in the morning, its AnalysisRuns a little later', async () => {
  const clock = new VirtualClock()
  const api = new FakeApi()
  const path = aHistoryPath()
  const at = (seconds: number) => new Date(T0 + seconds * 1000).toISOString()
  const put = (status: RolloutStatus) => api.put(resources.rollouts, aRollout({ steps, status }))
  const begin = () => {
    const history = aHistory({ clock, path })
    const fleet = createFleetSource({ clock })
    const recorder = createRecorder({ history, clock, log: silentLog })
    const stop = recordFleet(fleet, recorder, clock)
    fleet.add(new FakeCluster(api, api.client('eu')))
    const end = () => {
      stop()
      fleet.stop()
      recorder.stop()
      history.close()
    }
    return { history, end }
  }
  api.put(resources.replicaSets, aReplicaSet({ hash: 'v1', revision: 1, createdAt: at(-500) }))
  put(settled)
  const evening = begin()
  await clock.advance(1000)
  evening.history.add([{ table: 'span', context: 'eu', since: T0, until: clock.now() }])
  evening.end()

  await clock.advance(3_600_000)
  api.put(resources.replicaSets, aReplicaSet({ hash: 'v2', image: 'web:2', revision: 2, createdAt: at(60) }))
  const analysed = { phase: 'Successful', startedAt: at(90), completedAt: at(120) } as const
  api.put(resources.analysisRuns, anAnalysisRun({}, { status: analysed }))
  put({ ...settled, currentPodHash: 'v2', stableRS: 'v2', duration: { finishedAt: at(180) } })
  const morning = begin()
  const { history } = morning
  await clock.advance(1000)
  const [entry] = listHistory(history, { limit: 2 })
  expect(entry).toMatchObject({ outcome: 'Completed', startedAt: T0 + 60_000, endedAt: T0 + 180_000, backFilled: true })
  expect(entry).toMatchObject({ fromVersion: '1', toVersion: '2' })
  const told = () =>
    (readRecord(history, entry?.id ?? '')?.timeline ?? []).flatMap((each) => (each.kind === 'event' ? each.reason : []))
  expect(told()).toEqual(['NewReplicaSetCreated'])
  await clock.advance(25_000)
  expect(told()).toEqual(['NewReplicaSetCreated', 'AnalysisRunStarted', 'AnalysisRunSuccessful'])
  await clock.advance(60_000)
  expect(told()).toHaveLength(3)
  morning.end()
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
