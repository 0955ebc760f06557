import { afterEach, describe, expect, it } from 'vitest'
import { type FixtureApp, openFixtureApp } from '#test/support/fixture-app.tsx'
import { fixtureKey } from '#test/support/window-keys.ts'

let fixture: FixtureApp
afterEach(() => fixture.close())

const checkout = fixtureKey('prod-eu-west', 'checkout-api')
const openAt = async (address: string) => {
  fixture = await openFixtureApp({ at: address })
  await fixture.advance(600)
}
const linesOf = (selector: string) => [...document.querySelectorAll(selector)].map((each) => each.textContent)

describe('the page of an analysis', { timeout: 20_000 }, () => {
  it('VIEW-192, VIEW-198, VIEW-199: title, requirements, and each measurement with its reason', async () => {
    await openAt(`#/analysis/${checkout}?run=checkout-api-5d8f6c7b49-47-1`)
    expect(linesOf('h1')).toEqual(['Analysis failed'])
    expect(linesOf('.analysis-head .analysis-message')).toEqual([
      'Metric "success-rate" assessed Failed due to failed (3) > failureLimit (2)',
    ])
    expect(linesOf('.requirements li')).toEqual([
      'Fewer than 3 failures.',
      'Fewer than 5 consecutive errors.',
      'No inconclusive measurements.',
    ])
    const rows = linesOf('.measure-table tbody tr')
    expect(rows).toHaveLength(6)
    expect(rows[0]).toMatch(/Failed0\.9080\.908, has to be ≥ 0\.951 s$/)
    expect(rows[5]).toMatch(/Passed0\.9911 s$/)
  })

  it('VIEW-200: the query, and arguments without the value of a secret', async () => {
    await openAt(`#/analysis/${checkout}?metric=cpu-saturation`)
    expect(linesOf('.query-text')).toContain('avg:kubernetes.cpu.usage{service:checkout-api}')
    expect(linesOf('.run-facts dd')).toContain('••• from secret metrics/token')
  })

  it('SCORE-4: what the judged metrics of a run score, where it has a score', async () => {
    await openAt(`#/analysis/${fixtureKey('prod-us-west', 'payments-gw', 'pay')}`)
    expect(linesOf('.run-facts dt')).toContain('Score of 100')
    expect(linesOf('.run-facts dd')).toContain('62.5')
    await fixture.close()
    await openAt(`#/analysis/${checkout}?run=checkout-api-5d8f6c7b49-47-1`)
    expect(linesOf('.run-facts dt')).not.toContain('Score of 100')
  })

  it('ANA-1301: a changed condition is tried on what was measured', async () => {
    await openAt(`#/analysis/${checkout}?run=checkout-api-5d8f6c7b49-47-1`)
    expect(linesOf('.side-panel [role=status]')).toEqual(['3 true, 3 false, 0 in error'])
    const field = document.querySelector('.try-text') as HTMLTextAreaElement
    await retype(field, 'result[0] >= 0.92')
    expect(linesOf('.side-panel [role=status]')).toEqual(['5 true, 1 false, 0 in error'])
    expect(linesOf('.try-list li')[0]).toMatch(/0\.908falsebool$/)
    await retype(field, 'result[0] >')
    expect(linesOf('.try-problem')).toEqual(['It cannot be read: unexpected token EOF'])
  })

  it('UI-KEY-1: J and K go from metric to metric, T into the table', async () => {
    await openAt(`#/analysis/${checkout}`)
    await fixture.press('j')
    expect(fixture.app.route.getState().route).toMatchObject({ metric: 'latency-canary' })
    await fixture.press('k')
    expect(fixture.app.route.getState().route).toMatchObject({ metric: 'success-rate' })
    await fixture.press('t')
    expect(document.activeElement?.getAttribute('aria-label')).toBe('Measurements')
  })

  it('UI-VIRT-2, UI-VIRT-8: of a hundred metrics and their measurements those on screen are drawn, and told as parts of the whole', async () => {
    await openAt(`#/analysis/${fixtureKey('prod-ap-south', 'media-encoder', 'media')}`)
    const metrics = document.querySelectorAll('.metric-list li')
    expect(metrics.length).toBeGreaterThan(10)
    expect(metrics.length).toBeLessThan(40)
    expect([metrics[1]?.getAttribute('aria-setsize'), metrics[1]?.getAttribute('aria-posinset')]).toEqual(['100', '2'])
    expect(document.querySelectorAll('.measure-table tbody tr').length).toBeLessThan(50)
    expect(document.querySelector('.measure-table')?.getAttribute('aria-rowcount')).toBe('51')
    expect(document.querySelectorAll('.try-list li').length).toBeLessThan(50)
    expect(linesOf('.metric-list .panel-head .sub')).toEqual(['100'])
  })

  it('UI-CH-6: a list of metrics tells only what there is', async () => {
    await openAt(`#/analysis/${checkout}`)
    expect(linesOf('.metric-list li').slice(0, 2)).toEqual(['success-ratePassed11Failed1', 'latency-canaryPassed12'])
  })

  it('UI-ACT-1: Y asks before it begins the same once more as a dry run', async () => {
    await openAt(`#/analysis/${checkout}`)
    await fixture.press('y')
    await fixture.advance(300)
    expect(linesOf('#dialog-title')).toEqual(['Dry run checkout-api'])
    expect(fixture.bridge.calls.findLast(({ channel }) => channel === 'action.preview')?.input).toEqual({
      action: 'rerunAnalysis',
      targets: [checkout],
      parameters: { run: 'checkout-api-6c7f5d9b88-48' },
    })
  })

  it('ACT-142: E asks before it ends a run, with the button of what is dangerous', async () => {
    await openAt(`#/analysis/${checkout}`)
    await fixture.press('e')
    await fixture.advance(300)
    expect(linesOf('#dialog-title')).toEqual(['Terminate analysis checkout-api'])
    expect(fixture.bridge.calls.findLast(({ channel }) => channel === 'action.preview')?.input).toEqual({
      action: 'terminateAnalysis',
      targets: [checkout],
      parameters: { run: 'checkout-api-6c7f5d9b88-48' },
    })
    expect(linesOf('.dialog-foot .danger-fill')).toEqual([expect.stringMatching(/^Terminate analysis/)])
  })

  it('UI-ACT-4: a run that has ended says so on its button, and E does nothing', async () => {
    await openAt(`#/analysis/${checkout}?run=checkout-api-5d8f6c7b49-47-1`)
    const button = [...document.querySelectorAll('.analysis-head button')].at(-1)
    expect(button?.getAttribute('aria-disabled')).toBe('true')
    expect(button?.textContent).toContain('Terminate is open until the AnalysisRun has ended: it is Failed')
    await fixture.press('e')
    expect(linesOf('[role=dialog]')).toEqual([])
  })

  it('says that a run is gone, and leads back', async () => {
    await openAt(`#/analysis/${checkout}?run=older`)
    expect(linesOf('.message p')).toEqual(['The run older is not here any more. Old runs go with the history limits.'])
    await fixture.click(document.querySelector('.message button') as Element)
    expect(fixture.app.route.getState().route).toEqual({ page: 'rollout', key: checkout })
  })
})

async function retype(field: HTMLTextAreaElement, words: string): Promise<void> {
  await fixture.tell(() => {
    Object.getOwnPropertyDescriptor(HTMLTextAreaElement.prototype, 'value')?.set?.call(field, words)
    field.dispatchEvent(new Event('input', { bubbles: true }))
  })
  await fixture.advance(300)
}
