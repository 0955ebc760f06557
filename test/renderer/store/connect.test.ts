import { afterEach, describe, expect, it } from 'vitest'
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
  it('is settled by the watch, not by the answer to the request', async () => {
    const { app, bridge, changed } = await connected()
    markRequested(app.requested, [changed.key], 'abort', app.fleet.getState().rollouts, T0)
    expect(app.requested.getState().actions.size).toBe(1)
    bridge.change([changed])
    expect(app.requested.getState().actions.size).toBe(0)
    expect(app.toasts.getState().toasts).toEqual([])
  })

  it('that the watch never confirms is given up aloud', async () => {
    const { app, clock, changed } = await connected()
    markRequested(app.requested, [changed.key], 'abort', app.fleet.getState().rollouts, T0)
    await clock.advance(confirmWithinMs + 1)
    app.ticker.setState({ now: clock.now() })
    expect(app.requested.getState().actions.size).toBe(0)
    expect(app.toasts.getState().toasts[0]?.title).toContain('cart')
  })
})
