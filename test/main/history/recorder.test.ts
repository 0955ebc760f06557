import { describe, expect, it } from 'vitest'
import type { ActionResult, RolloutView } from '#contract/views.ts'
import { readRecord, searchHistory, storedTemplate } from '#main/history/reader.ts'
import { aHistoryPath } from '#test/support/builders/history.ts'
import { said } from '#test/support/builders/reason.ts'
import { anUpdatingView, aRolloutView } from '#test/support/builders/rollout-view.ts'
import {
  anAction,
  anEvent,
  aRecording,
  entries,
  key,
  kindsOf,
  type Recording,
  second,
  timelineOf,
} from '#test/support/recording.ts'
import { T0, VirtualClock } from '#test/support/virtual-clock.ts'

describe('a run', () => {
  it('begins with an update, notes only what changed, and ends Completed', async () => {
    const { clock, history, recorder } = aRecording()
    recorder.observe(aRolloutView())
    expect(entries(history)).toEqual([])

    recorder.observe(anUpdatingView())
    expect(entries(history)).toMatchObject([
      {
        id: `prod-eu:uid-1:hash8:${T0}`,
        key,
        name: 'checkout',
        strategy: 'canary',
        fromVersion: '1.0.0',
        toVersion: '1.1.0',
        revision: 8,
        outcome: 'Running',
        startedAt: T0,
        endedAt: undefined,
      },
    ])
    await clock.advance(30 * second)
    recorder.observe(anUpdatingView({ actualWeight: 20 }))
    await clock.advance(10 * second)
    recorder.observe(anUpdatingView({ actualWeight: 20, why: [said('a sentence nobody records')] }))
    recorder.observe(anUpdatingView({ actualWeight: 20, status: 'Paused', message: 'CanaryPauseStep', stepIndex: 1 }))
    await clock.advance(60 * second)
    recorder.observe(aRolloutView({ version: '1.1.0', currentPodHash: 'hash8', stableRS: 'hash8' }))

    expect(entries(history)).toMatchObject([{ outcome: 'Completed', endedAt: T0 + 100 * second }])
    expect(timelineOf(history)).toEqual([
      { at: T0, who: 'engine', kind: 'status', status: 'Progressing', message: '' },
      { at: T0, who: 'engine', kind: 'weight', setWeight: 20, actualWeight: 0 },
      { at: T0, who: 'engine', kind: 'step', stepIndex: 0, stepCount: 4 },
      { at: T0, who: 'engine', kind: 'pods', canary: 2, stable: 10 },
      { at: T0 + 30 * second, who: 'engine', kind: 'weight', setWeight: 20, actualWeight: 20 },
      { at: T0 + 40 * second, who: 'engine', kind: 'status', status: 'Paused', message: 'CanaryPauseStep' },
      { at: T0 + 40 * second, who: 'engine', kind: 'step', stepIndex: 1, stepCount: 4 },
      { at: T0 + 100 * second, who: 'engine', kind: 'status', status: 'Healthy', message: '' },
      { at: T0 + 100 * second, who: 'engine', kind: 'weight', setWeight: 100, actualWeight: 100 },
      { at: T0 + 100 * second, who: 'engine', kind: 'step', stepIndex: 4, stepCount: 4 },
      { at: T0 + 100 * second, who: 'engine', kind: 'pods', canary: 0, stable: 10 },
    ])
  })

  it('the first deploy counts, from no version', () => {
    const { history, recorder } = aRecording()
    recorder.observe(anUpdatingView({ stableRS: undefined, stableVersion: undefined, stableRevision: undefined }))
    expect(entries(history)).toMatchObject([{ outcome: 'Running', fromVersion: undefined, toVersion: '1.1.0' }])
    recorder.observe(aRolloutView({ currentPodHash: 'hash8', stableRS: 'hash8' }))
    expect(entries(history)).toMatchObject([{ outcome: 'Completed' }])
  })

  const endings: readonly [outcome: string, last: RolloutView, count: number][] = [
    ['RolledBack', aRolloutView(), 1],
    ['Aborted', anUpdatingView({ status: 'Aborted', message: 'metric failed' }), 1],
    ['Superseded', anUpdatingView({ currentPodHash: 'hash9', version: '1.2.0', revision: 9 }), 2],
    ['Deleted', anUpdatingView({ uid: 'uid-2' }), 2],
  ]
  for (const [outcome, last, count] of endings) {
    it(`ends ${outcome} at uid ${last.uid}, ${last.currentPodHash}, ${last.status}`, async () => {
      const { clock, history, recorder } = aRecording()
      recorder.observe(anUpdatingView())
      await clock.advance(second)
      recorder.observe(last)
      expect(entries(history)).toHaveLength(count)
      expect(entries(history).at(-1)).toMatchObject({ outcome, endedAt: T0 + second })
      expect(
        entries(history)
          .slice(0, -1)
          .every((each) => each.outcome === 'Running'),
      ).toBe(true)
    })
  }

  it('what a newer update shows is not told of the run it replaced', async () => {
    const { clock, history, recorder } = aRecording()
    recorder.observe(anUpdatingView({ actualWeight: 20 }))
    await clock.advance(second)
    recorder.observe(anUpdatingView({ currentPodHash: 'hash9', actualWeight: 0 }))
    expect(timelineOf(history, 1).every((moment) => moment.at === T0)).toBe(true)
    expect(timelineOf(history, 0).every((moment) => moment.at === T0 + second)).toBe(true)
  })

  it('a rollout first seen aborted is no run; its retry is one', () => {
    const { history, recorder } = aRecording()
    recorder.observe(anUpdatingView({ status: 'Aborted' }))
    expect(entries(history)).toEqual([])
    recorder.observe(anUpdatingView())
    expect(entries(history)).toMatchObject([{ outcome: 'Running' }])
  })

  it('ACT-52: an abort is told in its own words, once the controller has them, not in those of the pause it ended', async () => {
    const { clock, history, recorder } = aRecording()
    recorder.observe(anUpdatingView({ status: 'Paused', phase: 'Paused', message: 'CanaryPauseStep', stepIndex: 1 }))
    await clock.advance(second)
    recorder.observe(anUpdatingView({ status: 'Aborted', phase: 'Paused', message: 'CanaryPauseStep', stepIndex: 1 }))
    expect(entries(history)).toMatchObject([{ outcome: 'Aborted', reason: undefined }])
    expect(timelineOf(history).at(-1)).toMatchObject({ kind: 'status', status: 'Aborted', message: '' })
    await clock.advance(second)
    const message = 'RolloutAborted: Rollout aborted update to revision 8'
    recorder.observe(anUpdatingView({ status: 'Aborted', phase: 'Degraded', message, stepIndex: 0 }))
    expect(entries(history)).toMatchObject([{ outcome: 'Aborted', endedAt: T0 + second, reason: message }])
    expect(timelineOf(history).at(-1)).toMatchObject({ at: T0 + 2 * second, status: 'Aborted', message })
    expect(timelineOf(history).filter(({ kind }) => kind === 'step')).toMatchObject([{ stepIndex: 1 }])
  })

  it('two clusters restored from one backup have rollouts of equal uids, and a run each', () => {
    const { history, recorder } = aRecording()
    recorder.observe(anUpdatingView())
    recorder.observe(anUpdatingView({ context: 'arn:aws:eks:eu/b' }))
    expect(entries(history).map(({ id }) => id)).toEqual([
      `arn%3Aaws%3Aeks%3Aeu%2Fb:uid-1:hash8:${T0}`,
      `prod-eu:uid-1:hash8:${T0}`,
    ])
    expect(timelineOf(history, 1)).toHaveLength(4)
  })

  it('takes what follows from its end for two minutes, and nothing later', async () => {
    const { clock, history, recorder } = aRecording()
    recorder.observe(anUpdatingView())
    const aborted = anUpdatingView({ status: 'Aborted', setWeight: 0, message: 'metric failed' })
    recorder.observe(aborted)
    await clock.advance(60 * second)
    const down = { ...aborted, replicas: { ...aborted.replicas, current: 10, updated: 0 } }
    recorder.observe(down)
    expect(timelineOf(history).at(-1)).toMatchObject({ at: T0 + 60 * second, kind: 'pods', canary: 0, stable: 10 })
    await clock.advance(61 * second)
    recorder.observe({ ...down, actualWeight: 3 })
    expect(timelineOf(history).at(-1)).toMatchObject({ kind: 'pods' })
  })

  it('ends when the rollout is deleted', () => {
    const { history, recorder } = aRecording()
    recorder.observe(anUpdatingView())
    recorder.removed(key)
    expect(entries(history)).toMatchObject([{ outcome: 'Deleted', reason: 'The rollout was deleted.' }])
  })

  it('of blue-green pods the ready ones of the preview are told', () => {
    const { history, recorder } = aRecording()
    recorder.observe(anUpdatingView({ strategy: 'blueGreen', stepIndex: undefined, preview: { ready: 1, desired: 2 } }))
    expect(kindsOf(timelineOf(history))).toEqual(['status', 'weight', 'pods'])
    expect(timelineOf(history).at(-1)).toMatchObject({ kind: 'pods', canary: 1, stable: 10 })
  })
})

describe('gaps', () => {
  it('UI-HIST-4: a run goes on at the next start, after a gap from the moment Argosy was closed', async () => {
    const [path, clock] = [aHistoryPath(), new VirtualClock()]
    const first = aRecording(path, clock)
    first.recorder.observe(anUpdatingView())
    await clock.advance(300 * second)
    first.recorder.stop()
    first.history.close()

    await clock.advance(3600 * second)
    const again = aRecording(path, clock)
    await clock.advance(5 * second)
    again.recorder.observe(anUpdatingView({ actualWeight: 20 }))
    expect(entries(again.history)).toMatchObject([{ id: `prod-eu:uid-1:hash8:${T0}`, outcome: 'Running' }])
    const resumedAt = T0 + 3905 * second
    expect(timelineOf(again.history)[4]).toEqual({
      at: T0 + 300 * second,
      who: 'argosy',
      kind: 'gap',
      until: resumedAt,
      why: 'Argosy was closed',
    })
    expect(timelineOf(again.history)[6]).toMatchObject({ at: resumedAt, kind: 'weight', actualWeight: 20 })
    again.recorder.observe(aRolloutView({ currentPodHash: 'hash8', stableRS: 'hash8' }))
    expect(entries(again.history)).toMatchObject([{ outcome: 'Completed' }])
  })

  it('UI-HIST-4: after a crash the gap begins at the last recorded moment, and known events are not told twice', async () => {
    const [path, clock] = [aHistoryPath(), new VirtualClock()]
    const first = aRecording(path, clock)
    first.recorder.observe(anUpdatingView())
    first.recorder.event(key, anEvent({ at: T0 + second }))
    await clock.advance(60 * second)

    const next = aRecording(path, clock)
    next.recorder.observe(anUpdatingView())
    next.recorder.event(key, anEvent({ at: T0 + second }))
    next.recorder.event(key, anEvent({ id: 'event-2', at: T0 + 30 * second }))
    const timeline = timelineOf(next.history)
    expect(timeline.filter(({ kind }) => kind === 'gap')).toMatchObject([{ at: T0 + second, until: T0 + 60 * second }])
    expect(timeline.filter(({ kind }) => kind === 'event').map(({ at }) => at)).toEqual([T0 + second, T0 + 30 * second])
  })

  it('UI-HIST-4: an update that ended while Argosy was closed ends at the first sight of it', async () => {
    const [path, clock] = [aHistoryPath(), new VirtualClock()]
    const first = aRecording(path, clock)
    first.recorder.observe(anUpdatingView())
    first.recorder.stop()
    first.history.close()
    await clock.advance(60 * second)
    const next = aRecording(path, clock)
    next.recorder.observe(anUpdatingView({ currentPodHash: 'hash9', revision: 9 }))
    expect(entries(next.history).map(({ outcome }) => outcome)).toEqual(['Running', 'Superseded'])
    expect(kindsOf(timelineOf(next.history, 1)).at(-1)).toBe('gap')
  })

  it('of two open runs of one rollout, one recorded in memory while the file was out of reach, the newer goes on', async () => {
    const [path, clock] = [aHistoryPath(), new VirtualClock()]
    const first = aRecording(path, clock)
    first.recorder.observe(anUpdatingView())
    first.recorder.stop()
    const meanwhile = aRecording(aHistoryPath(), clock)
    await clock.advance(60 * second)
    meanwhile.recorder.observe(anUpdatingView())
    const [{ body } = {}] = meanwhile.history.all('SELECT body FROM run')
    const id = entries(meanwhile.history)[0]?.id ?? ''
    first.history.add([{ table: 'run', id, key, startedAt: clock.now(), search: '', body: String(body) }])
    first.history.close()
    const next = aRecording(path, clock)
    expect(entries(next.history)).toMatchObject([
      { id, outcome: 'Running' },
      { outcome: 'Superseded', endedAt: T0 },
    ])
  })

  const failure = { kind: 'Unreachable', message: 'refused', since: T0 } as const
  const unreachable = (since: number, attempt: number) =>
    ({ state: 'unreachable', since, failure, retryAt: since, attempt }) as const

  it('UI-HIST-4: an unreachable context leaves a gap in its runs, from the first failure to the connection', async () => {
    const { clock, history, recorder } = aRecording()
    recorder.observe(anUpdatingView())
    recorder.observe(anUpdatingView({ context: 'prod-us', uid: 'uid-2' }))
    await clock.advance(10 * second)
    recorder.connection('prod-eu', unreachable(clock.now(), 1))
    await clock.advance(20 * second)
    recorder.connection('prod-eu', unreachable(clock.now(), 2))
    recorder.connection('prod-eu', { state: 'connecting', since: clock.now() })
    await clock.advance(11 * second)
    recorder.connection('prod-eu', { state: 'connected', since: clock.now() })
    const gapsOf = (context: string) => {
      const id = entries(history).find((each) => each.context === context)?.id ?? ''
      return readRecord(history, id)?.timeline.filter(({ kind }) => kind === 'gap')
    }
    expect(gapsOf('prod-eu')).toEqual([
      {
        at: T0 + 10 * second,
        who: 'argosy',
        kind: 'gap',
        until: T0 + 41 * second,
        why: 'context unreachable',
      },
    ])
    expect(gapsOf('prod-us')).toEqual([])
  })

  it('half a minute without a connection is no gap', async () => {
    const { clock, history, recorder } = aRecording()
    recorder.observe(anUpdatingView())
    recorder.connection('prod-eu', unreachable(T0, 1))
    await clock.advance(30 * second)
    recorder.connection('prod-eu', { state: 'connected', since: clock.now() })
    expect(kindsOf(timelineOf(history))).not.toContain('gap')
  })
})

describe('actions', () => {
  it('UI-HIST-5: the one that started an update opens its timeline and gives actor and reason', async () => {
    const { clock, history, recorder } = aRecording()
    recorder.observe(aRolloutView())
    recorder.action(key, anAction({ action: 'setImage', reason: 'weekly train' }))
    await clock.advance(3 * second)
    recorder.observe(anUpdatingView())
    expect(entries(history)).toMatchObject([{ actor: 'ada', reason: 'weekly train' }])
    expect(timelineOf(history)[0]).toEqual({
      at: T0,
      who: 'ada',
      kind: 'action',
      action: 'setImage',
      reason: 'weekly train',
      result: 'sent',
    })
    expect(searchHistory(history, { filter: 'weekly actor:ada', limit: 1 }, T0)).toMatchObject({
      value: [{ actor: 'ada' }],
    })
  })

  it('also when the watch was faster than the answer', async () => {
    const { clock, history, recorder } = aRecording()
    recorder.observe(anUpdatingView())
    await clock.advance(second)
    recorder.action(key, anAction({ action: 'undo' }))
    expect(entries(history)).toMatchObject([{ actor: 'ada' }])
  })

  it('an undo in the middle of an update belongs to the update it begins, or to the run it ends', async () => {
    const { clock, history, recorder } = aRecording()
    recorder.observe(anUpdatingView())
    await clock.advance(60 * second)
    recorder.action(key, anAction({ action: 'undo', reason: 'back' }))
    expect(entries(history)).toMatchObject([{ actor: undefined }])
    recorder.observe(aRolloutView())
    expect(entries(history)).toMatchObject([{ outcome: 'RolledBack', actor: 'ada', reason: 'back' }])
  })

  it('one that never begins an update is told of the run under way', async () => {
    const { clock, history, recorder } = aRecording()
    recorder.observe(anUpdatingView())
    await clock.advance(20 * second)
    recorder.action(key, anAction({ action: 'setImage' }))
    await clock.advance(60 * second)
    expect(timelineOf(history).at(-1)).toMatchObject({ kind: 'action', at: T0 + 20 * second })
    expect(clock.pending).toBeLessThanOrEqual(1)
  })

  it('the reason of an abort replaces the message of the controller', () => {
    const { history, recorder } = aRecording()
    recorder.observe(anUpdatingView())
    recorder.observe(anUpdatingView({ status: 'Aborted', phase: 'Degraded', message: 'RolloutAborted' }))
    expect(entries(history)).toMatchObject([{ outcome: 'Aborted', reason: 'RolloutAborted', actor: undefined }])
    recorder.action(key, anAction({ reason: 'pool starvation' }))
    expect(entries(history)).toMatchObject([{ outcome: 'Aborted', reason: 'pool starvation', actor: 'ada' }])
  })

  it('a refused one is told with its reason and changes nothing else', () => {
    const { history, recorder } = aRecording()
    recorder.observe(anUpdatingView())
    const result: ActionResult = { key, sent: false, refusal: { kind: 'movedOn', changed: ['stepIndex'] } }
    recorder.action(key, anAction({ result }))
    expect(timelineOf(history).at(-1)).toMatchObject({ result: 'refused: stepIndex changed meanwhile' })
    expect(entries(history)).toMatchObject([{ actor: undefined, reason: undefined }])
  })

  it('ACT-15: every action is journalled, with object, requests and answer, and without secret values', () => {
    const { history, recorder } = aRecording()
    recorder.observe(aRolloutView())
    const container = { name: 'api', env: [{ name: 'DB_PASSWORD', value: 'hunter2' }] }
    const body = JSON.stringify({ spec: { template: { spec: { containers: [container] } } } })
    const write = {
      method: 'PATCH',
      path: '/apis/argoproj.io/v1alpha1/namespaces/shop/rollouts/checkout',
      contentType: 'application/merge-patch+json',
      body,
      kubectl: `kubectl patch … '${body}'`,
      because: 'ACT-90',
      summary: 'Roll back to revision 6',
    } as const
    recorder.action(key, anAction({ action: 'undo', writes: [write], generation: 12 }))
    const [row] = history.all('SELECT at, key, body FROM journal')
    expect(row).toMatchObject({ at: T0, key })
    expect(row?.['body']).not.toContain('hunter2')
    expect(JSON.parse(String(row?.['body']))).toMatchObject({
      context: 'prod-eu',
      namespace: 'shop',
      name: 'checkout',
      uid: 'uid-1',
      generation: 12,
      action: 'undo',
      actor: 'ada',
      reason: 'errors',
      result: { sent: true, resourceVersion: '42' },
      requests: [{ method: 'PATCH', path: write.path, because: 'ACT-90' }],
    })
  })
})

describe('capture', () => {
  const template = {
    spec: { containers: [{ name: 'api', image: 'shop:1', env: [{ name: 'API_TOKEN', value: 'hunter2' }] }] },
  }

  it('UI-HIST-6: stores each template once, its secrets out', async () => {
    const { clock, history, recorder } = aRecording()
    recorder.capture(key, 'uid-1', [{ revision: 7, template, version: '1' }])
    await clock.advance(5000)
    recorder.capture(key, 'uid-1', [{ revision: 7, template, version: '1' }])
    expect(history.all('SELECT count(*) AS count FROM template')).toEqual([{ count: 1 }])
    const stored = storedTemplate(history, key, 7)
    expect(stored).toMatchObject({ capturedAt: T0, version: '1' })
    expect(JSON.stringify(stored)).not.toContain('hunter2')
    expect(stored?.template.spec?.containers[0]?.['env']).toEqual([
      { name: 'API_TOKEN', value: expect.stringMatching(/^\[secret [0-9a-f]{16}\]$/) },
    ])
  })

  it('UI-DIFF-3: the same value has the same print after a restart, and never in another file', () => {
    const [path, clock] = [aHistoryPath(), new VirtualClock()]
    const capture = ({ history, recorder }: Recording, revision: number) => {
      recorder.capture(key, 'uid-1', [{ revision, template, version: undefined }])
      return JSON.stringify(storedTemplate(history, key, revision)?.template)
    }
    const first = aRecording(path, clock)
    const stored = capture(first, 1)
    first.history.close()
    expect(capture(aRecording(path, clock), 2)).toBe(stored)
    expect(capture(aRecording(), 1)).not.toBe(stored)
  })
})
