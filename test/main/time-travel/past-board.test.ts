import { expect, it } from 'vitest'
import { createObjectRecorder } from '#main/history/objects/object-recorder.ts'
import { pastBoard } from '#main/time-travel/past-board.ts'
import { aHistory } from '#test/support/builders/history.ts'
import { aRollout } from '#test/support/builders/rollout.ts'
import { T0, VirtualClock } from '#test/support/virtual-clock.ts'

it('W9, UI-HIST-4: shows the fleet as it was, and names the contexts of which nothing was recorded then', async () => {
  const clock = new VirtualClock()
  const history = aHistory({ clock })
  const recorder = createObjectRecorder({ history, clock })
  const rollout = aRollout({ image: 'web:1', replicas: 3 })
  recorder.complete('eu', true, clock.now())
  recorder.seen('eu', 'rollouts', rollout, clock.now())
  await clock.advance(60_000)
  const { resourceVersion: _before, ...metadata } = rollout.metadata
  recorder.seen('eu', 'rollouts', { ...aRollout({ image: 'web:1', replicas: 5 }), metadata }, clock.now())
  recorder.seen('us', 'rollouts', rollout, clock.now())
  await clock.advance(1000)
  recorder.upToNow()
  const boardAt = (at: number) => pastBoard(history, at, async () => undefined)
  const shown = async (at: number) =>
    Object.values((await boardAt(at)).rollouts).map(({ context, replicas }) => [context, replicas.desired])
  expect(await shown(T0 - 1)).toEqual([])
  expect(await shown(T0 + 1000)).toEqual([['eu', 3]])
  expect(await shown(T0 + 60_000)).toEqual([
    ['eu', 5],
    ['us', 3],
  ])
  expect((await boardAt(T0 + 30_000)).unrecorded).toEqual(['us'])
  recorder.stop()
})

it('W9: nobody waits for a large fleet: others have their turn after every 200 objects', async () => {
  const clock = new VirtualClock()
  const history = aHistory({ clock })
  const recorder = createObjectRecorder({ history, clock })
  const { metadata, ...rollout } = aRollout({ image: 'web:1', replicas: 3 })
  for (let each = 0; each < 1000; each++)
    recorder.seen('eu', 'rollouts', { ...rollout, metadata: { ...metadata, name: `web-${each}` } }, clock.now())
  let turns = 0
  const board = await pastBoard(history, clock.now(), async () => void turns++)
  expect(Object.keys(board.rollouts)).toHaveLength(1000)
  expect(turns).toBeGreaterThanOrEqual(5)
  recorder.stop()
})
