import fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import type { KubeObject } from '#api/meta.ts'
import { silentLog } from '#lib/log.ts'
import {
  objectAt,
  objectBetween,
  recordedChildren,
  recordedObjects,
  recordGaps,
} from '#main/history/objects/object-reader.ts'
import { createObjectRecorder } from '#main/history/objects/object-recorder.ts'
import { type History, openHistory } from '#main/history/store.ts'
import { aHistoryPath } from '#test/support/builders/history.ts'
import { T0, VirtualClock } from '#test/support/virtual-clock.ts'

const context = 'prod-eu'
const minute = 60_000

function anArchive(path = aHistoryPath(), clock = new VirtualClock()) {
  const open = () => openHistory({ path, clock, log: silentLog })
  return { clock, open }
}

const aRollout = (status: unknown, resourceVersion: string, uid = 'uid-1'): KubeObject =>
  ({
    apiVersion: 'argoproj.io/v1alpha1',
    kind: 'Rollout',
    metadata: { namespace: 'shop', name: 'checkout', uid, resourceVersion, managedFields: [{ manager: 'kubectl' }] },
    status,
  }) as KubeObject

const idOf = (history: History): number =>
  recordedObjects(history, { context, kind: 'rollouts', namespace: 'shop', name: 'checkout' })[0]?.id ?? 0

const versionRows = (history: History) => history.all('SELECT form, place FROM version ORDER BY at, place')
const packs = (history: History) => history.all('SELECT count(*) AS count FROM pack')

describe('the versions of an object', () => {
  it('W9: what was there, in which version, until it went; nothing is written twice', async () => {
    const { clock, open } = anArchive()
    const history = open()
    const recorder = createObjectRecorder({ history, clock })
    recorder.seen(context, 'rollouts', aRollout({ phase: 'Progressing' }, '1'), clock.now())
    recorder.seen(context, 'rollouts', aRollout({ phase: 'Progressing' }, '2'), clock.now())
    await clock.advance(minute)
    recorder.seen(context, 'rollouts', aRollout({ phase: 'Healthy' }, '3'), clock.now())
    await clock.advance(minute)
    recorder.gone(context, 'rollouts', aRollout({ phase: 'Healthy' }, '3'), clock.now())
    const id = idOf(history)
    const statusAt = (at: number) => (objectAt(history, id, at) as { status?: unknown } | undefined)?.status
    expect(statusAt(T0 - 1)).toBeUndefined()
    expect(statusAt(T0)).toEqual({ phase: 'Progressing' })
    expect(statusAt(T0 + minute - 1)).toEqual({ phase: 'Progressing' })
    expect(statusAt(T0 + minute)).toEqual({ phase: 'Healthy' })
    expect(statusAt(T0 + 2 * minute)).toBeUndefined()
    expect(objectAt(history, id, T0)?.metadata).toEqual({ namespace: 'shop', name: 'checkout', uid: 'uid-1' })
    expect([versionRows(history), packs(history)]).toEqual([[], [{ count: 1 }]])
    expect(objectBetween(history, id, T0 + 1, T0 + 3 * minute).map(({ at }) => at)).toEqual([
      T0,
      T0 + minute,
      T0 + 2 * minute,
    ])
  })

  it('a restart writes nothing of what is as it was, and whole what is not', () => {
    const { clock, open } = anArchive()
    const first = open()
    createObjectRecorder({ history: first, clock }).seen(context, 'rollouts', aRollout({ step: 1 }, '1'), clock.now())
    first.close()
    const history = open()
    const recorder = createObjectRecorder({ history, clock })
    recorder.seen(context, 'rollouts', aRollout({ step: 1 }, '1'), clock.now())
    expect(versionRows(history)).toHaveLength(1)
    recorder.seen(context, 'rollouts', aRollout({ step: 2 }, '2'), clock.now())
    recorder.seen(context, 'rollouts', aRollout({ step: 3 }, '3'), clock.now())
    expect(versionRows(history)).toEqual([
      { form: 'whole', place: 0 },
      { form: 'whole', place: 0 },
      { form: 'patch', place: 1 },
    ])
  })

  it('what went while nobody looked is gone once all there are were listed', async () => {
    const { clock, open } = anArchive()
    const first = open()
    const before = createObjectRecorder({ history: first, clock })
    before.seen(context, 'rollouts', aRollout({ step: 1 }, '1'), clock.now())
    before.seen(context, 'rollouts', aRollout({ step: 1 }, '2', 'uid-2'), clock.now())
    first.close()
    await clock.advance(minute)
    const history = open()
    createObjectRecorder({ history, clock }).listed(
      context,
      'rollouts',
      [aRollout({ step: 1 }, '2', 'uid-2')],
      clock.now(),
    )
    const found = recordedObjects(history, { context, kind: 'rollouts' })
    const thereAt = (at: number) => found.filter(({ id }) => objectAt(history, id, at)).map(({ uid }) => uid)
    expect(thereAt(T0 + minute - 1).toSorted()).toEqual(['uid-1', 'uid-2'])
    expect(thereAt(T0 + minute)).toEqual(['uid-2'])
  })

  it('children are found by the uid of their owner, events by that of what they are about', () => {
    const { clock, open } = anArchive()
    const history = open()
    const recorder = createObjectRecorder({ history, clock })
    const owner = { apiVersion: 'v1', kind: 'Rollout', name: 'checkout', uid: 'uid-1', controller: true }
    const replicaSet = { apiVersion: 'apps/v1', kind: 'ReplicaSet', metadata: { name: 'a', ownerReferences: [owner] } }
    const event = { apiVersion: 'v1', kind: 'Event', metadata: { name: 'b' }, involvedObject: { uid: 'uid-1' } }
    recorder.seen(context, 'replicaSets', replicaSet, clock.now())
    recorder.seen(context, 'events', event, clock.now())
    expect(
      recordedChildren(history, context, 'uid-1')
        .map(({ kind }) => kind)
        .toSorted(),
    ).toEqual(['events', 'replicaSets'])
    expect(recordedChildren(history, 'other', 'uid-1')).toEqual([])
  })

  it('after a rest a group begins, so that nothing stays beside a pack', async () => {
    const { clock, open } = anArchive()
    const history = open()
    const recorder = createObjectRecorder({ history, clock })
    for (const day of [1, 2, 3]) {
      for (const step of [1, 2, 3]) {
        recorder.seen(context, 'rollouts', aRollout({ day, step }, `${day}.${step}`), clock.now())
        await clock.advance(minute)
      }
      await clock.advance(24 * 60 * minute)
      // Idle groups are packed when something is written.
      recorder.complete(context, day === 1, clock.now())
      history.all('SELECT 1')
    }
    recorder.seen(context, 'rollouts', aRollout({ day: 4, step: 1 }, '4.1'), clock.now())
    expect([versionRows(history), packs(history)]).toEqual([[{ form: 'whole', place: 0 }], [{ count: 3 }]])
    const states = objectBetween(history, idOf(history), T0, clock.now())
    expect(states.map(({ object }) => (object as { status?: unknown } | undefined)?.status)).toEqual([
      ...[1, 2, 3].flatMap((day) => [1, 2, 3].map((step) => ({ day, step }))),
      { day: 4, step: 1 },
    ])
  })

  it('W9: at any time what it was, through packs, idle hours and restarts', async () => {
    const act = fc.oneof(
      {
        weight: 12,
        arbitrary: fc.record({ kind: fc.constant('change' as const), field: fc.nat(3), value: fc.nat(5) }),
      },
      { weight: 1, arbitrary: fc.constant({ kind: 'gone' as const }) },
      { weight: 1, arbitrary: fc.constant({ kind: 'restart' as const }) },
      {
        weight: 2,
        arbitrary: fc.record({ kind: fc.constant('wait' as const), ms: fc.constantFrom(0, 1, 700, 4_000_000) }),
      },
    )
    await fc.assert(
      fc.asyncProperty(fc.array(act, { maxLength: 200 }), async (acts) => {
        const { clock, open } = anArchive()
        let history = open()
        let recorder = createObjectRecorder({ history, clock })
        let status: Record<string, unknown> = { list: [] }
        let version = 0
        const truth: { at: number; status: unknown }[] = []
        for (const each of acts) {
          if (each.kind === 'wait') await clock.advance(each.ms)
          if (each.kind === 'restart') {
            recorder.stop()
            history.close()
            history = open()
            recorder = createObjectRecorder({ history, clock })
          }
          if (each.kind === 'gone' && version > 0) {
            recorder.gone(context, 'rollouts', aRollout(status, String(version)), clock.now())
            truth.push({ at: clock.now(), status: undefined })
            await clock.advance(1)
          }
          if (each.kind === 'change') {
            status = {
              ...status,
              [`f${each.field}`]: each.value,
              list: [...(status['list'] as number[]), each.value].slice(-3),
            }
            version += 1
            recorder.seen(context, 'rollouts', aRollout(status, String(version)), clock.now())
            truth.push({ at: clock.now(), status })
          }
          await clock.advance(1)
        }
        const id = idOf(history)
        for (const { at } of truth) {
          const expected = truth.findLast((each) => each.at <= at)?.status
          expect((objectAt(history, id, at) as { status?: unknown } | undefined)?.status).toEqual(expected)
        }
        const states = objectBetween(history, id, 0, clock.now() + 1).map(({ at, object }) => ({
          at,
          status: (object as { status?: unknown } | undefined)?.status,
        }))
        for (const each of states) expect(truth.findLast(({ at }) => at <= each.at)?.status).toEqual(each.status)
        history.close()
      }),
      { seed: 7, numRuns: 40 },
    )
  })
})

describe('the gaps of a record', () => {
  it('UI-HIST-4: are where no span is, up to a crash by a minute', async () => {
    const { clock, open } = anArchive()
    const history = open()
    const recorder = createObjectRecorder({ history, clock })
    recorder.complete(context, true, clock.now())
    await clock.advance(10 * minute + 5)
    recorder.complete(context, false, clock.now())
    await clock.advance(5 * minute)
    recorder.complete(context, true, clock.now())
    await clock.advance(2.5 * minute)
    const end = clock.now()
    expect(recordGaps(history, context, T0 - minute, end)).toEqual([
      { from: T0 - minute, until: T0 },
      { from: T0 + 10 * minute + 5, until: T0 + 15 * minute + 5 },
      { from: T0 + 17 * minute + 5, until: end },
    ])
    recorder.stop()
    expect(recordGaps(history, context, T0 + 15 * minute + 5, end)).toEqual([])
    expect(recordGaps(history, 'other', T0, end)).toEqual([{ from: T0, until: end }])
  })

  it('UI-HIST-4: are also where the machine slept, from up to a minute before it on', async () => {
    const { clock, open } = anArchive()
    const history = open()
    const sleepy = { ...aSleepyClock(clock), after: clock.after.bind(clock) }
    const recorder = createObjectRecorder({ history, clock: sleepy })
    recorder.complete(context, true, T0)
    await clock.advance(10.5 * minute)
    sleepy.sleep(40 * minute)
    await clock.advance(9.5 * minute)
    recorder.stop()
    expect(recordGaps(history, context, T0, T0 + 60 * minute)).toEqual([
      { from: T0 + 10 * minute, until: T0 + 51 * minute },
    ])
  })
})

/** On the wall it goes on while it sleeps. */
function aSleepyClock(clock: VirtualClock) {
  let slept = 0
  return {
    now: () => clock.now() + slept,
    elapsed: () => clock.elapsed(),
    sleep: (ms: number) => void (slept += ms),
  }
}
