import { afterEach, describe, expect, it } from 'vitest'
import { workloadKey } from '#contract/keys.ts'
import { type FixtureApp, openFixtureApp } from '#test/support/fixture-app.tsx'
import { aNative } from '#test/support/fixture-workload.ts'
import { T0 } from '#test/support/virtual-clock.ts'

let fixture: FixtureApp
afterEach(() => fixture.close())

const at = { context: 'prod-eu-west', namespace: 'platform', name: 'ingress-gateway', kind: 'Deployment' } as const
const key = workloadKey(at)
const linesOf = (selector: string) => [...document.querySelectorAll(selector)].map((each) => each.textContent)
const detailCalls = () => fixture.bridge.calls.filter(({ channel }) => channel === 'workload.detail').length

describe('a Deployment', { timeout: 20_000 }, () => {
  it('stands on the board with its kind and how many pods are new, in a row of its own', async () => {
    fixture = await openFixtureApp({ scene: 'native' })
    const names = linesOf('[role=gridcell] > .unseen')
    expect(names).toContain('ingress-gateway, prod-eu-west: Deployment, Progressing, 7 of 12 pods new')
    await fixture.tell(() => fixture.app.filters.setState({ kinds: 'rollouts' }))
    expect(linesOf('[role=rowheader] .name')).not.toContain('ingress-gateway')
    await fixture.tell(() => fixture.app.filters.setState({ kinds: 'all', fleet: 'kind:stateful*' }))
    expect(linesOf('[role=rowheader] .name')).toEqual(['ledger-db'])
  })

  it('has a page with its revisions, and is rolled back from there to one of them', async () => {
    fixture = await openFixtureApp({ scene: 'native', at: `#/rollout/${key}` })
    await fixture.advance(300)
    expect(linesOf('.workload .revision b')).toEqual(['12', '11'])
    expect(linesOf('.workload .facts dd')).toEqual(['Progressing', '7 of 12', '12 of 12 ready', '1.30.2revision 12'])
    const [undo] = document.querySelectorAll('.workload .revision button')
    if (undo !== undefined) await fixture.click(undo)
    await fixture.advance(300)
    expect(fixture.bridge.calls.findLast(({ channel }) => channel === 'action.preview')?.input).toEqual({
      action: 'undo',
      targets: [key],
      parameters: { toRevision: 11 },
    })
  })

  it('VIEW-133: is read again when the board says that it changed, and not before', async () => {
    fixture = await openFixtureApp({ scene: 'native', at: `#/rollout/${key}` })
    await fixture.advance(2000)
    expect(detailCalls()).toBe(1)
    await fixture.tell(() => fixture.bridge.change([aNative(T0, { ...at, version: '1.30.3' })]))
    await fixture.advance(100)
    expect(detailCalls()).toBe(2)
  })

  it('is taken off the board by the card of its cluster', async () => {
    fixture = await openFixtureApp({ scene: 'native' })
    const entry = [...document.querySelectorAll('.rail-button')].find(({ textContent }) =>
      textContent.includes(at.context),
    )
    if (entry !== undefined) await fixture.click(entry)
    const hide = [...document.querySelectorAll('.cluster-card button')].find(
      ({ textContent }) => textContent === 'Hide native',
    )
    if (hide !== undefined) await fixture.click(hide)
    expect(fixture.bridge.calls.at(-1)).toEqual({
      channel: 'workloads.show',
      input: { context: at.context, shown: false },
    })
  })
})
