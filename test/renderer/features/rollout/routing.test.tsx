import { afterEach, describe, expect, it } from 'vitest'
import { type FixtureApp, openFixtureApp } from '#test/support/fixture-app.tsx'
import { fixtureKey } from '#test/support/window-keys.ts'

let fixture: FixtureApp
afterEach(() => fixture.close())

const openAt = async (context: string, name: string, namespace?: string) => {
  fixture = await openFixtureApp({ at: `#/rollout/${fixtureKey(context, name, namespace)}` })
  await fixture.advance(300)
}
const linesOf = (selector: string) => [...document.querySelectorAll(selector)].map((each) => each.textContent)
const toggle = () => document.querySelector<HTMLButtonElement>('.routing > button')

describe('the routes of a rollout', { timeout: 20_000 }, () => {
  it('TR-26: drift is told with the weights, who changed it, and who puts it right', async () => {
    await openAt('prod-us-east', 'search-index', 'search')
    expect(linesOf('.routing-notes li')[0]).toBe(
      'Weight in the cluster 40%, wanted 25%, changed by kubectl-edit. The controller in the cluster should put it right. 3m',
    )
  })

  it('TR-18: header and mirror routes are shown at once, with their conditions and whether the object has them', async () => {
    await openAt('prod-us-east', 'search-index', 'search')
    expect(toggle()?.getAttribute('aria-expanded')).toBe('true')
    expect(linesOf('.step-routes li')).toEqual([
      'betarequests with x-canary = yes → canaryin place',
      'shadow35% of GET / copied to canarynot in place',
    ])
    expect(linesOf('.routing-notes li').at(-1)).toMatch(/^Step 1 .*beta/)
  })

  it('IST-3: an object in another cluster says in which', async () => {
    await openAt('prod-us-east', 'search-index', 'search')
    expect(linesOf('.route-line')).toEqual([
      'VirtualServicesearch-indexin prod-mesh40% to canary',
      'DestinationRulesearch-index',
    ])
  })

  it('UI-STAT-1: of many objects a line says how many there are, and opens', async () => {
    await openAt('prod-ap-south', 'media-encoder', 'media')
    expect([toggle()?.textContent, linesOf('.routes li').length]).toEqual(['Route objects 20, Services 2', 0])
    await fixture.tell(() => toggle()?.click())
    expect(linesOf('.routes > li').length).toBe(20)
    expect(linesOf('.routes > li').filter((line) => line?.startsWith('HTTPRoutemedia-encoder-5'))).toEqual([
      'HTTPRoutemedia-encoder-5does not exist',
    ])
  })

  it('ACT-14: a kind that may not be read or is not read yet is named', async () => {
    await openAt('prod-ap-south', 'media-encoder', 'media')
    expect(linesOf('.routing-notes li')).toEqual([
      'The account may not read TLSRoute objects, so what they say is not known. tlsroutes.gateway.networking.k8s.io is forbidden: User "m.ortega" cannot list resource.',
      'HTTPRoute media-encoder-2 has no weights yet: until they are set, media-encoder-stable and media-encoder-canary get the same share.',
    ])
  })
})
