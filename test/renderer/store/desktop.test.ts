import { expect, it } from 'vitest'
import { tellDesktop } from '#renderer/store/desktop.ts'
import { createPreferences } from '#renderer/store/preferences.ts'
import { createFixtureBridge } from '#test/support/fixture-bridge.ts'
import { T0 } from '#test/support/virtual-clock.ts'

it('main is told at the start and when the switch is moved, of nothing else, and not after the end', () => {
  const bridge = createFixtureBridge('fleet', T0)
  const preferences = createPreferences({ getItem: () => null, setItem: () => {} }, ['en'])
  const told = () => bridge.calls.filter(({ channel }) => channel === 'desktop.prefer').map(({ input }) => input)
  const { tell, dispose } = tellDesktop({ bridge, preferences })
  tell()
  preferences.setState({ theme: 'dark' })
  expect(told()).toEqual([{ notify: true }])
  preferences.setState({ notify: false })
  expect(told()).toEqual([{ notify: true }, { notify: false }])
  dispose()
  preferences.setState({ notify: true })
  expect(told()).toHaveLength(2)
})
