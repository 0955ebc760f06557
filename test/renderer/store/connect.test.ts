import { afterEach, describe, expect, it } from 'vitest'
import type { ActionEffect } from '#contract/views.ts'
import { createTexts } from '#renderer/format/text.ts'
import { createApp } from '#renderer/store/app.ts'
import { connect } from '#renderer/store/connect.ts'
import { createPreferences } from '#renderer/store/preferences.ts'
import { confirmWithinMs, markRequested } from '#renderer/store/requested.ts'
import { createFixtureBridge } from '#test/support/fixture-bridge.ts'
import { aRollout } from '#test/support/fixture-fleet.ts'
import { T0, VirtualClock } from '#test/support/virtual-clock.ts'

let end = () => {}
afterEach(() => end())

async function connected() {
  const clock = new VirtualClock()
  const bridge = createFixtureBridge('fleet', T0)
  const preferences = createPreferences({ getItem: () => null, setItem: () => {} }, ['en'])
  const app = createApp({ bridge, clock, texts: await createTexts('en'), hash: '', goTo: () => {}, preferences })
  end = connect(app)
  await clock.advance(0)
  const snapshots = () => bridge.calls.filter(({ channel }) => channel === 'fleet.snapshot').length
  const changed = aRollout(T0, { context: 'prod-eu-west', name: 'cart', status: 'Degraded' })
  const statusOf = () => app.fleet.getState().rollouts.get(changed.key)?.status
  return { clock, bridge, app, snapshots, changed, statusOf }
}

describe('the fleet as main has it', () => {
  it('begins with one snapshot', async () => {
    const { app, snapshots } = await connected()
    expect(app.fleet.getState().loaded).toBe(true)
    expect(app.fleet.getState().rollouts.size).toBeGreaterThan(800)
    expect(snapshots()).toBe(1)
  })

  it('UI-VIRT-4: a patch changes its own records and leaves the others as they are', async () => {
    const { app, bridge, changed, statusOf } = await connected()
    const before = app.fleet.getState().rollouts
    bridge.change([changed])
    expect(statusOf()).toBe('Degraded')
    const after = app.fleet.getState().rollouts
    expect([...after].filter(([key, view]) => before.get(key) !== view)).toHaveLength(1)
  })

  it('a gap in the numbers asks for a new snapshot, which holds what was lost', async () => {
    const { clock, bridge, changed, snapshots, statusOf } = await connected()
    bridge.change([changed], 2)
    await clock.advance(0)
    expect(snapshots()).toBe(2)
    expect(statusOf()).toBe('Degraded')
  })

  it('patches that arrive while the snapshot is on its way are not lost', async () => {
    const { clock, bridge, changed, statusOf } = await connected()
    bridge.change([aRollout(T0, { context: 'prod-eu-west', name: 'ledger', status: 'Degraded' })], 2)
    bridge.change([changed])
    await clock.advance(0)
    expect(statusOf()).toBe('Degraded')
  })

  it('main coming back means a new snapshot', async () => {
    const { clock, bridge, app, snapshots } = await connected()
    bridge.become('reconnecting')
    expect(app.connection.getState().state).toBe('reconnecting')
    bridge.become('connected')
    await clock.advance(0)
    expect(snapshots()).toBe(2)
  })
})

describe('a requested action', () => {
  const requested = async () => {
    const parts = await connected()
    const { app, changed } = parts
    const { rollouts } = app.fleet.getState()
    markRequested(app.requested, [{ key: changed.key, resourceVersion: '7' }], 'abort', rollouts, T0)
    const effect: ActionEffect = {
      key: changed.key,
      action: 'abort',
      resourceVersion: '7',
      state: 'seen',
      waitedMs: 1000,
      engine: 'inCluster',
      holder: 'argo-1',
    }
    const marks = () => [...app.requested.getState().actions.keys()]
    const warnings = () => [...app.requested.getState().notSeen.keys()]
    return { ...parts, effect, marks, warnings }
  }

  it('ACT-58: is settled by what main has seen, not by the answer to the request nor by any other change', async () => {
    const { app, bridge, changed, effect, marks } = await requested()
    bridge.change([changed])
    expect(marks()).toEqual([changed.key])
    bridge.tellEffect(effect)
    expect(marks()).toEqual([])
    expect(app.toasts.getState().toasts).toEqual([])
  })

  it('ACT-58: that nobody acted on becomes a warning which names who should have, until the rollout moves', async () => {
    const { app, bridge, changed, effect, marks, warnings } = await requested()
    bridge.tellEffect({ ...effect, state: 'notSeen', waitedMs: 30_000 })
    expect([marks(), warnings()]).toEqual([[], [changed.key]])
    expect(app.toasts.getState().toasts).toMatchObject([
      {
        title: 'Abort not acted on yet: cart in prod-eu-west',
        detail:
          'The API server accepted it 30 s ago. argo-1 drives this cluster and should have acted; it may be down.',
      },
    ])
    bridge.change([changed])
    expect(warnings()).toEqual([])
  })

  it('ACT-58: a rollout that is gone needs no warning; what other windows sent is theirs', async () => {
    const { app, bridge, effect, marks, warnings } = await requested()
    bridge.tellEffect({ ...effect, resourceVersion: '6', state: 'notSeen' })
    expect(marks()).toHaveLength(1)
    bridge.tellEffect({ ...effect, state: 'gone' })
    expect([marks(), warnings()]).toEqual([[], []])
    expect(app.toasts.getState().toasts).toEqual([])
  })

  it('ACT-58: the effect may be known before the answer to a request of many targets', async () => {
    const { app, bridge, changed, effect, marks } = await requested()
    bridge.tellEffect({ ...effect, resourceVersion: '8' })
    const { rollouts } = app.fleet.getState()
    markRequested(app.requested, [{ key: changed.key, resourceVersion: '8' }], 'abort', rollouts, T0)
    expect(marks()).toEqual([changed.key])
    bridge.tellEffect({ ...effect, resourceVersion: '7' })
    expect(marks()).toEqual([])
  })

  it('of which main never tells is given up aloud', async () => {
    const { app, clock, marks } = await requested()
    await clock.advance(confirmWithinMs + 1)
    app.ticker.setState({ now: clock.now() })
    expect(marks()).toEqual([])
    expect(app.toasts.getState().toasts[0]?.title).toContain('cart')
  })
})
