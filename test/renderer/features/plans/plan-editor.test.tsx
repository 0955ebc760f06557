import { afterEach, describe, expect, it } from 'vitest'
import { rolloutKey } from '#contract/keys.ts'
import { planFor } from '#renderer/store/new-plan.ts'
import { type FixtureApp, openFixtureApp } from '#test/support/fixture-app.tsx'

let fixture: FixtureApp
afterEach(() => fixture.close())

const key = (context: string) => rolloutKey({ context, namespace: 'shop', name: 'checkout-api' })
const all = (selector: string) => [...document.querySelectorAll(selector)]
const button = (label: RegExp, within: ParentNode = document) =>
  [...within.querySelectorAll('button')].find((each) => label.test(each.textContent ?? '')) as HTMLElement
const area = () => document.querySelector('.plan-text textarea') as HTMLTextAreaElement
const labelled = (label: string) =>
  all('.plan-field')
    .find((each) => each.querySelector('span')?.textContent === label)
    ?.querySelector('input') as Element
const sent = (channel: string) =>
  fixture.bridge.calls.filter((each) => each.channel === channel).map(({ input }) => input)
const faults = () => all('.plan-fault').map((each) => each.textContent)
const page = () => fixture.app.route.getState().route.page
const dialog = () => document.querySelector('[role=dialog]') as Element

const open = async (...contexts: readonly string[]) => {
  fixture = await openFixtureApp()
  await fixture.tell(() => void planFor(fixture.app, contexts.map(key)))
  await fixture.advance(300)
}
const write = async (text: string) => {
  await fixture.type(area(), text)
  await fixture.advance(300)
}

describe('the editor of a plan', () => {
  it('begins with the marked cells of the board', async () => {
    fixture = await openFixtureApp()
    fixture.app.selection.setState({ marked: new Set([key('canary-eu'), key('prod-eu-west')]) })
    await fixture.advance(0)
    await fixture.click(button(/^Plan…$/))
    expect(page()).toBe('planEditor')
    expect(sent('plan.draft')).toEqual([{ keys: [key('canary-eu'), key('prod-eu-west')] }])
    expect(all('.plan-member-row')).toHaveLength(2)
  })

  it('form and text are one: what one says the other shows, and comments stay', async () => {
    await open('canary-eu', 'prod-eu-west')
    await fixture.type(labelled('Kept in namespace'), 'platform')
    expect(area().value).toContain('home: {context: canary-eu, namespace: platform}')
    expect(area().value).toContain('pilot # alone, and nothing may fail')
    await write(area().value.replace('name: checkout-api', 'name: checkout 2.32'))
    expect((labelled('Name') as HTMLInputElement).value).toBe('checkout 2.32')
    expect(document.querySelector('h1')?.textContent).toBe('checkout 2.32')
  })

  it('is checked a moment after the last key, not at each', async () => {
    await open('canary-eu', 'prod-eu-west')
    const before = sent('plan.check').length
    for (const end of ['a', 'ab', 'abc']) await fixture.type(area(), `${area().value}# ${end}\n`)
    await fixture.advance(299)
    expect(sent('plan.check')).toHaveLength(before)
    expect(button(/^Start…/).getAttribute('aria-disabled')).toBe('true')
    await fixture.advance(1)
    expect(sent('plan.check')).toHaveLength(before + 1)
    expect(button(/^Start…/).getAttribute('aria-disabled')).toBeNull()
  })

  it('a fault stands at its line and at its field, and a click goes there', async () => {
    await open('canary-eu', 'prod-eu-west')
    await write(area().value.replace('maxConcurrent: 2', 'maxConcurrent: none'))
    expect(faults()[0]).toContain('waves[1].maxConcurrent')
    const line =
      area()
        .value.split('\n')
        .findIndex((each) => each.includes('maxConcurrent')) + 1
    expect(document.querySelector('.plan-lines .bad')?.textContent).toBe(String(line))
    expect(document.querySelector('.plan-field.bad .plan-field-fault')?.textContent).toContain('Give a whole number')
    await fixture.click(document.querySelector('.plan-fault') as Element)
    expect(area().value.slice(area().selectionStart, area().selectionEnd).trim()).toBe('maxConcurrent: none')
    expect(button(/^Start…/).title).toBe('Mend 1 fault first.')
  })

  it('is checked again while it stays as it is: what a cluster lacks may be there meanwhile', async () => {
    await open('canary-eu', 'prod-eu-west')
    const before = sent('plan.check').length
    await fixture.advance(29_000)
    expect(sent('plan.check')).toHaveLength(before)
    await fixture.advance(1_000)
    expect(sent('plan.check')).toHaveLength(before + 1)
    await write(area().value.replace('waveSoak: 30m', 'waveSoak: 3'))
    const faulty = sent('plan.check').length
    await fixture.advance(3_000)
    expect(sent('plan.check')).toHaveLength(faulty + 1)
  })

  it('UI-P-6: while a fault is being written, the forecast of the text before stays, and says so', async () => {
    await open('canary-eu', 'prod-eu-west')
    await write(area().value.replace('waveSoak: 30m', 'waveSoak: 3'))
    const pane = document.querySelector('.plan-forecast')
    expect(pane?.textContent).toContain('of the text before its faults')
    expect(pane?.textContent).toContain('2 in 2 waves')
    await write(area().value.replace('waveSoak: 3', 'waveSoak: 35m'))
    expect(pane?.textContent).toContain('before anything is sent')
  })

  it('a text that cannot be read shuts the form and keeps the text', async () => {
    await open('canary-eu', 'prod-eu-west')
    await write(area().value.replace('waves:', 'waves: ['))
    expect(document.querySelector('.plan-form [role=alert]')?.textContent).toContain(
      'The text cannot be read from line',
    )
    expect(area().value).toContain('waves: [')
  })

  it('adds members by application, and takes them out', async () => {
    await open('canary-eu', 'prod-eu-west')
    const field = all('input').find((each) => each.getAttribute('placeholder') === 'namespace/name') as Element
    await fixture.type(field, 'shop/cart')
    await fixture.click(button(/^Add 7 rollouts$/))
    expect(all('.plan-member-row')).toHaveLength(9)
    expect(area().value).toContain('rollout: cart')
    await fixture.click(all('.plan-member-row button')[0] as Element)
    expect(all('.plan-member-row')).toHaveLength(8)
  })

  it('UI-P-2: foretells waves, clusters, pods, traffic, what is unproven at once, and time', async () => {
    await open('canary-eu', 'prod-eu-west')
    const words = document.querySelector('.plan-totals')?.textContent ?? ''
    for (const each of ['2.32.0', '2 in 2 waves', '29', '20%', 'at most 10%', 'at least']) expect(words).toContain(each)
    expect(document.querySelector('.plan-warnings')?.textContent).toContain('an update of it is under way already')
  })

  it('UI-ACT-1, UI-ACT-2: a start shows its blast radius and takes the name; what is shown is what is kept', async () => {
    await open('canary-eu', 'prod-eu-west')
    const text = area().value
    await fixture.press('Enter', { ctrlKey: true })
    expect(dialog().textContent).toContain('Start checkout-api')
    await fixture.press('Enter', { ctrlKey: true })
    expect(sent('plan.create')).toEqual([])
    await fixture.type(dialog().querySelector('input') as Element, 'checkout-api')
    await fixture.press('Enter', { ctrlKey: true })
    expect(sent('plan.create')).toEqual([{ text, start: true, confirm: 'checkout-api' }])
    expect(page()).toBe('plans')
    expect(fixture.app.planDraft.getState().draft).toBeUndefined()
  })

  it('saved as ready, nothing is sent to its members and nothing is to be typed', async () => {
    await open('canary-eu', 'prod-eu-west')
    await fixture.press('s', { ctrlKey: true })
    expect(dialog().querySelector('input')).toBeNull()
    await fixture.press('Enter', { ctrlKey: true })
    expect(sent('plan.create')).toMatchObject([{ start: false }])
  })

  it('leaving with a text that is not saved asks; staying keeps it, dropping it goes on', async () => {
    await open('canary-eu', 'prod-eu-west')
    await write(`${area().value}# more\n`)
    await fixture.tell(() => fixture.app.goTo('#/fleet'))
    expect(page()).toBe('planEditor')
    await fixture.click(button(/^Stay/, dialog()))
    expect(area().value).toContain('# more')
    await fixture.tell(() => fixture.app.goTo('#/history'))
    await fixture.click(button(/^Drop it$/, dialog()))
    expect(page()).toBe('history')
    expect(fixture.app.planDraft.getState().draft).toBeUndefined()
  })

  it('leaving without a change asks nothing', async () => {
    await open('canary-eu', 'prod-eu-west')
    await fixture.tell(() => fixture.app.goTo('#/fleet'))
    expect(page()).toBe('fleet')
  })

  it('an empty plan says what it lacks', async () => {
    fixture = await openFixtureApp({ at: '#/planEditor' })
    await fixture.advance(300)
    expect(faults().length).toBeGreaterThan(0)
    expect(document.querySelector('.plan-forecast')?.textContent).toContain('once the faults are mended')
  })
})
