import { afterEach, expect, it } from 'vitest'
import { type FixtureApp, openFixtureApp } from '#test/support/fixture-app.tsx'
import { fixtureKey } from '#test/support/window-keys.ts'

const checkout = fixtureKey('prod-eu-west', 'checkout-api')
let window: FixtureApp | undefined

afterEach(async () => window?.close())

async function open(at: string): Promise<FixtureApp> {
  window = await openFixtureApp({ at })
  return window
}

const text = () => document.body.textContent ?? ''
const asked = ({ bridge }: FixtureApp, channel: string) =>
  bridge.calls.filter((call) => call.channel === channel).map(({ input }) => input)

it('UI-DIFF-5: arrows move B, with ⇧ they move A, X swaps; an aborted revision says so', async () => {
  const app = await open(`#/diff/${checkout}?left=47&right=48`)
  expect(text()).toContain('Aborted')
  await app.press('ArrowLeft')
  expect(app.app.route.getState().route).toMatchObject({ left: 47, right: 47 })
  await app.press('ArrowLeft', { shiftKey: true })
  expect(app.app.route.getState().route).toMatchObject({ left: 46, right: 47 })
  await app.press('x')
  expect(app.app.route.getState().route).toMatchObject({ left: 47, right: 46 })
})

it('UI-DIFF-3: a secret shows that it changed, and not its value', async () => {
  await open(`#/diff/${checkout}?left=47&right=48`)
  expect(text()).toContain('secret value changed')
  expect(text()).toContain('2 secret values hidden')
})

it('3 compares what was applied last, 5 two moments, and each asks main for just that', async () => {
  const app = await open(`#/diff/${checkout}`)
  await app.press('3')
  await app.press('5')
  const kinds = (asked(app, 'diff.compare') as readonly { left: { kind: string }; right: { kind: string } }[]).map(
    ({ left, right }) => `${left.kind} ${right.kind}`,
  )
  expect(kinds.slice(-2)).toEqual(['applied live', 'moment live'])
})

it('UI-DIFF-6: 2 shows the application in all clusters; a column opens it against most', async () => {
  const app = await open(`#/diff/${checkout}`)
  await app.press('2')
  await app.advance(200)
  expect(text()).toContain('2 fields drift in prod-ap-ne')
  expect(text()).toContain('Explained by a plan under way')
  const [...columns] = document.querySelectorAll('.drift thead button')
  const last = columns.at(-1)
  if (last === undefined) throw new Error('no column')
  await app.click(last)
  expect(app.app.route.getState().route).toMatchObject({
    left: 'spec',
    right: 'spec',
    rightKey: fixtureKey('prod-ap-ne', 'checkout-api'),
  })
})

it('W11: configuration is read when a person asks for it, and not before', async () => {
  const app = await open(`#/diff/${checkout}?left=47&right=48`)
  const press = async (label: string) => {
    const button = [...document.querySelectorAll('button')].find((each) => each.textContent?.startsWith(label))
    if (button === undefined) throw new Error(`no button ${label}`)
    await app.click(button)
    await app.advance(0)
  }
  await press('Configuration')
  expect(asked(app, 'diff.config')).toEqual([])
  await press('Read ConfigMaps')
  expect(asked(app, 'diff.config')).toHaveLength(1)
  expect(text()).toContain('may not be read: secrets "payments" is forbidden')
})
