import { afterEach, describe, expect, it } from 'vitest'
import { rolloutKey } from '#contract/keys.ts'
import type { Input } from '#contract/requests.ts'
import type { ActionEffect, ActionResult, RolloutKey, RolloutView } from '#contract/views.ts'
import { type FixtureApp, openFixtureApp } from '#test/support/fixture-app.tsx'
import { actionsFor, aRollout } from '#test/support/fixture-fleet.ts'
import { T0 } from '#test/support/virtual-clock.ts'

const key = (context: string, name: string, namespace = 'shop') => rolloutKey({ context, namespace, name })
const checkout = key('prod-eu-west', 'checkout-api')

let fixture: FixtureApp
afterEach(() => fixture.close())

const dialog = () => document.querySelector('[role=dialog]')
const sent = () => fixture.bridge.calls.filter(({ channel }) => channel === 'action.send').map(({ input }) => input)
const guard = () => dialog()?.querySelector('.dialog-form input') as HTMLInputElement
const confirm = () => fixture.press('Enter', { ctrlKey: true })
const openAt = async (at: string) => {
  fixture = await openFixtureApp({ at })
  await fixture.advance(100)
}

describe('an action on a protected cluster', () => {
  it('UI-ACT-2, UI-KEY: sends nothing before its name is typed, and ⌘↵', async () => {
    await openAt(`#/rollout/${checkout}`)
    await fixture.press('a')
    await fixture.advance(100)
    expect(dialog()?.textContent).toContain('Abort checkout-api')
    expect(dialog()?.textContent).toContain('All traffic goes back to 2.30.4 at once.')
    await confirm()
    expect(sent()).toEqual([])
    await fixture.type(guard(), 'prod-eu-wes')
    await confirm()
    expect(sent()).toEqual([])
    await fixture.type(guard(), 'prod-eu-west')
    await fixture.press('Enter')
    expect(sent()).toEqual([])
    await confirm()
    expect(sent()).toHaveLength(1)
    expect(dialog()).toBeNull()
    expect(fixture.app.requested.getState().actions.get(checkout)?.action).toBe('abort')
  })

  it('UI-ACT-5: shows the request byte for byte, and sends the intent the preview gave', async () => {
    await openAt(`#/rollout/${checkout}`)
    await fixture.press('a')
    await fixture.advance(100)
    expect(dialog()?.querySelector('pre')?.textContent).toContain('{"status":{"abort":true}}')
    await fixture.type(guard(), 'prod-eu-west')
    await confirm()
    expect(sent()[0]).toMatchObject({
      action: 'abort',
      targets: [{ key: checkout, intent: { stepIndex: 4, paused: true, currentPodHash: '6c7f5d9b88' } }],
    })
  })

  it('UI-ACT-8: keeps the reason', async () => {
    await openAt(`#/rollout/${checkout}`)
    await fixture.press('a')
    await fixture.advance(100)
    await fixture.type(guard(), 'prod-eu-west')
    await fixture.type(dialog()?.querySelectorAll('.dialog-form input')[1] as Element, 'CHG-1')
    await confirm()
    expect(sent()[0]).toMatchObject({ reason: 'CHG-1' })
  })

  it('UI-KEY: Escape closes it and nothing was sent', async () => {
    await openAt(`#/rollout/${checkout}`)
    await fixture.press('p')
    await fixture.advance(100)
    expect(dialog()).not.toBeNull()
    await fixture.press('Escape')
    expect(dialog()).toBeNull()
    expect(sent()).toEqual([])
  })

  it('UI-ACT-4: a shut action stays focusable and says when it opens', async () => {
    await openAt(`#/rollout/${checkout}`)
    const retry = [...document.querySelectorAll('.actions button')].find((each) =>
      each.textContent?.startsWith('Retry'),
    )
    expect(retry?.getAttribute('aria-disabled')).toBe('true')
    expect(retry?.hasAttribute('disabled')).toBe(false)
    expect(retry?.textContent).toContain('Retry is open after an abort.')
    await fixture.click(retry as Element)
    expect(dialog()).toBeNull()
    await fixture.press('r')
    expect(fixture.app.toasts.getState().toasts[0]?.detail).toBe('Retry is open after an abort.')
  })
})

const effectOf = (key: RolloutKey): ActionEffect => ({
  key,
  action: 'abort',
  resourceVersion: '1',
  state: 'seen',
  waitedMs: 30_000,
  engine: 'observed',
  holder: undefined,
})

describe('an action that was sent', () => {
  const sendAbort = async () => {
    await openAt(`#/rollout/${checkout}`)
    await fixture.press('a')
    await fixture.advance(100)
    await fixture.type(guard(), 'prod-eu-west')
    await confirm()
  }
  const effect: ActionEffect = { ...effectOf(checkout), state: 'notSeen' }
  const chips = () => [...document.querySelectorAll('.chip[role=status]')].map((each) => each.textContent)

  it('ACT-58: is marked as requested until main has seen its effect', async () => {
    await sendAbort()
    expect(chips()).toEqual(['Abort requested'])
    await fixture.tell(() => fixture.bridge.tellEffect({ ...effect, state: 'seen' }))
    expect(chips()).toEqual([])
  })

  it('ACT-58: nobody acted on it: the mark becomes a warning that says who should have', async () => {
    await sendAbort()
    await fixture.tell(() => fixture.bridge.tellEffect(effect))
    expect(chips()).toEqual(['Abort not acted on yet'])
    expect(document.querySelector('.chip[role=status]')?.getAttribute('title')).toBe(
      'The API server accepted it 30 s ago. Nothing drives this cluster, so nobody acts on it.',
    )
  })
})

describe('an action on several clusters', () => {
  const rows = () => [...(dialog()?.querySelectorAll('.targets tbody tr') ?? [])].map((row) => row.textContent ?? '')

  const markAndPress = async (keys: readonly string[], press: string) => {
    await openAt('#/fleet')
    await fixture.tell(() => fixture.app.selection.setState({ marked: new Set(keys) }))
    await fixture.press(press)
    await fixture.advance(100)
  }

  it('UI-ACT-6: one that cannot take it stays in the list with its reason, unchecked', async () => {
    await markAndPress([checkout, key('prod-us-east', 'checkout-api')], 'p')
    expect(rows()[0]).toContain('prod-eu-west')
    expect(rows()[1]).toContain('Promote is open while a pause waits.')
    const boxes = [...(dialog()?.querySelectorAll('input[type=checkbox]') ?? [])] as HTMLInputElement[]
    expect(boxes.map((box) => [box.checked, box.disabled])).toEqual([
      [true, false],
      [false, true],
    ])
    expect(dialog()?.textContent).toContain('Promote checkout-api in 1 of 2 clusters')
  })

  it('UI-ACT-2: one application asks for its name, several for their number', async () => {
    await markAndPress([checkout, key('prod-us-east', 'checkout-api')], 'u')
    expect(dialog()?.querySelector('.form-label .mono')?.textContent).toBe('checkout-api')
    await fixture.close()
    await markAndPress([checkout, key('prod-us-east', 'cart')], 'u')
    expect(dialog()?.querySelector('.form-label .mono')?.textContent).toBe('2')
  })

  it('UI-ACT-9: results are per cluster, with Send again where it failed', async () => {
    const west = key('prod-us-west', 'payments-gw', 'pay')
    await markAndPress([checkout, west], 'u')
    await fixture.type(guard(), '2')
    await confirm()
    expect(rows()[0]).toContain('Sent')
    expect(rows()[1]).toContain('the object has been modified')
    const again = [...(dialog()?.querySelectorAll('.targets button') ?? [])]
    expect(again.map((each) => each.textContent)).toEqual(['Send again'])
    await fixture.tell(() => fixture.bridge.tellEffect(effectOf(checkout)))
    expect(rows()[0]).toContain('Acted on')
    await fixture.click(again[0] as Element)
    expect(sent()).toHaveLength(2)
    expect(sent()[1]).toMatchObject({ targets: [{ key: west }] })
  })

  it('UI-ACT-9: one by one stops at the first failure; the rest is named as not tried', async () => {
    const west = key('prod-us-west', 'payments-gw', 'pay')
    await markAndPress([west, checkout], 'u')
    const oneByOne = [...(dialog()?.querySelectorAll('button') ?? [])].find((each) => each.textContent === 'One by one')
    await fixture.click(oneByOne as Element)
    await fixture.type(guard(), '2')
    await confirm()
    expect(sent()).toHaveLength(1)
    expect(rows()[1]).toContain('Not tried')
  })
})

describe('an action on one cluster that is not protected', () => {
  const waiting = aRollout(T0, {
    context: 'canary-eu',
    name: 'cart',
    status: 'Paused',
    actions: actionsFor('Paused'),
    pause: { reason: 'CanaryPauseStep', startedAt: T0, resumesAt: undefined },
  })
  const openWaiting = async (view: RolloutView = waiting) => {
    await openAt(`#/rollout/${view.key}`)
    await fixture.tell(() => fixture.bridge.change([view]))
    await fixture.advance(100)
  }

  it('UI-ACT-3: waits 5 s without a dialog, then is sent', async () => {
    await openWaiting()
    await fixture.press('p')
    expect(dialog()).toBeNull()
    expect(document.querySelector('.toast')?.textContent).toContain('Take back')
    await fixture.advance(4900)
    expect(sent()).toEqual([])
    await fixture.advance(200)
    expect(sent()).toHaveLength(1)
  })

  it('UI-ACT-3: taken back in time, nothing is sent', async () => {
    await openWaiting()
    await fixture.press('p')
    await fixture.advance(3000)
    await fixture.press('z')
    await fixture.advance(10_000)
    expect(sent()).toEqual([])
    expect(document.querySelector('.toast')).toBeNull()
  })

  it('UI-ACT-3: abort asks even there, and is not delayed', async () => {
    await openWaiting()
    await fixture.press('a')
    await fixture.advance(100)
    expect(dialog()?.querySelector('.form-label .mono')).toBeNull()
    await confirm()
    expect(sent()).toHaveLength(1)
  })

  it('UI-COPY-3: a refusal names the thing and says why', async () => {
    const west = aRollout(T0, { ...waiting, key: key('prod-us-west', 'cart'), context: 'prod-us-west', name: 'cart' })
    await openWaiting(west)
    const clusters = fixture.app.clusters.getState().clusters
    await fixture.tell(() => fixture.bridge.changeClusters(clusters.map((each) => ({ ...each, protected: false }))))
    await fixture.press('p')
    await fixture.advance(5100)
    const toast = document.querySelector('.toast')?.textContent
    expect(toast).toContain('prod-us-west')
    expect(toast).toContain('the object has been modified')
  })
})

const buttonIn = (place: string, label: string) => {
  const found = [...document.querySelectorAll(`${place} button`)].find((each) => each.textContent?.startsWith(label))
  if (found === undefined) throw new Error(`no button ${label} in ${place}`)
  return found
}
const previewed = () =>
  fixture.bridge.calls
    .filter(({ channel }) => channel === 'action.preview')
    .map(({ input }) => (input as Input<'action.preview'>).parameters)
const fieldOf = (label: string) => {
  const found = [...(dialog()?.querySelectorAll('label') ?? [])].find((each) => each.textContent?.includes(label))
  const input = found?.querySelector('input')
  if (input === null || input === undefined) throw new Error(`no field ${label}`)
  return input
}
const openDialog = async (place: string, label: string) => {
  await openAt(`#/rollout/${checkout}`)
  await fixture.advance(300)
  await fixture.click(buttonIn(place, label))
  await fixture.advance(100)
}
const nameIt = () => fixture.type(fieldOf('Protected'), 'prod-eu-west')

describe('what an action may be told', () => {
  it('ACT-31: all steps that are left instead of the current one', async () => {
    await openDialog('.actions', 'Skip step')
    await nameIt()
    await fixture.click(buttonIn('[role=dialog]', 'All that are left'))
    await confirm()
    expect(sent()).toEqual([])
    await fixture.advance(300)
    expect(previewed()).toEqual([{}, { allSteps: true }])
    await confirm()
    expect(sent()).toMatchObject([{ action: 'skipStep', parameters: { allSteps: true } }])
  })

  it('ACT-54: an abort may end the pause set by hand too', async () => {
    await openDialog('.actions', 'Abort')
    await nameIt()
    await fixture.click(buttonIn('[role=dialog]', 'Ends too'))
    await fixture.advance(300)
    await confirm()
    expect(sent()).toMatchObject([{ action: 'abort', parameters: { resume: true } }])
  })

  it('ACT-80: a restart may come later; a delay that is none is told and not sent', async () => {
    await openDialog('.actions', 'Restart pods')
    await nameIt()
    await fixture.type(fieldOf('How long'), '5')
    await fixture.advance(300)
    expect(dialog()?.textContent).toContain('invalid duration "5"')
    await confirm()
    expect(sent()).toEqual([])
    await fixture.type(fieldOf('How long'), '5m')
    await fixture.advance(300)
    expect(dialog()?.textContent).not.toContain('invalid duration')
    await confirm()
    expect(sent()).toMatchObject([{ action: 'restart', parameters: { delay: '5m' } }])
  })

  it('a delay is asked about once nothing is typed for a moment', async () => {
    await openDialog('.actions', 'Restart pods')
    for (const typed of ['1', '1h', '1h3', '1h30m']) await fixture.type(fieldOf('How long'), typed)
    await fixture.advance(300)
    expect(previewed()).toEqual([{}, { delay: '1h30m' }])
  })

  it('ACT-115, ACT-156: images per container, all changed ones in one update, shown before it is sent', async () => {
    await openDialog('.actions', 'Set image')
    const names = [...(dialog()?.querySelectorAll('.image-field b') ?? [])].map((each) => each.textContent)
    expect(names.length).toBeGreaterThan(1)
    const [first = '', second = ''] = names
    await nameIt()
    await confirm()
    expect([previewed(), sent()]).toEqual([[], []])
    await fixture.type(fieldOf(first), 'registry:5000/checkout')
    expect(dialog()?.querySelector('.image-field [role=alert]')?.textContent).toContain('A tag after the name')
    await fixture.type(fieldOf(second), 'envoy:9.9')
    await fixture.advance(300)
    await confirm()
    expect([previewed(), sent()]).toEqual([[], []])
    await fixture.type(fieldOf(first), 'registry:5000/checkout:2.40')
    await fixture.advance(300)
    const images = [
      { container: first, image: 'registry:5000/checkout:2.40' },
      { container: second, image: 'envoy:9.9' },
    ]
    expect(previewed()).toEqual([{ images }])
    expect([fieldOf(first).value, fieldOf(second).value]).toEqual(images.map(({ image }) => image))
    expect(dialog()?.textContent).toContain(`Container ${second}: its image → envoy:9.9`)
    expect(dialog()?.querySelector('.exact pre')).not.toBeNull()
    await confirm()
    expect(sent()).toMatchObject([{ action: 'setImage', parameters: { images } }])
  })
})

describe('the buttons of the dashboard', () => {
  const buttons = [
    ['ACT-150', 'Restart pods', 'restart', 'Paused'],
    ['ACT-151', 'Retry', 'retry', 'Aborted'],
    ['ACT-152', 'Abort', 'abort', 'Paused'],
    ['ACT-153', 'Promote', 'promote', 'Paused'],
    ['ACT-154', 'Promote fully', 'promoteFull', 'Paused'],
    ['ACT-155', 'Roll back', 'undo', 'Healthy'],
  ] as const
  it.each(buttons)(
    '%s: %s asks first where the cluster is protected, then sends it',
    async (_rule, label, action, status) => {
      await openAt('#/fleet')
      const view = aRollout(T0, { context: 'prod-eu-west', name: 'checkout-api', status, actions: actionsFor(status) })
      await fixture.tell(() => fixture.bridge.change([view]))
      await fixture.tell(() => fixture.app.goTo(`#/rollout/${checkout}`))
      await fixture.advance(300)
      expect(buttonIn('.actions', `${label}…`).getAttribute('aria-disabled')).toBeNull()
      await fixture.click(buttonIn('.actions', `${label}…`))
      await fixture.advance(100)
      expect(sent()).toEqual([])
      await nameIt()
      // Fully, it takes more (guard-form.test.tsx).
      for (const box of dialog()?.querySelectorAll('.guard-confirm input') ?? [])
        await fixture.click(box as HTMLElement)
      await fixture.type(
        [...(dialog()?.querySelectorAll('.dialog-form input') ?? [])].at(-1) as HTMLInputElement,
        'why',
      )
      await confirm()
      expect(sent()).toMatchObject([{ action, targets: [{ key: checkout }], parameters: {} }])
    },
  )

  it('ACT-155: each older revision has its own', async () => {
    await openDialog('.revision', 'Roll back')
    await nameIt()
    await confirm()
    expect(sent()).toMatchObject([{ action: 'undo', parameters: { toRevision: expect.any(Number) } }])
  })

  it('ACT-157: on the way nothing can be pressed twice; a refusal is named, and a missing right with its verb', async () => {
    await openDialog('.actions', 'Abort')
    await nameIt()
    let answer: (results: readonly ActionResult[]) => void = () => {}
    const call = fixture.bridge.call.bind(fixture.bridge)
    fixture.bridge.call = ((channel, input) =>
      channel === 'action.send'
        ? (call(channel, input), new Promise((resolve) => (answer = resolve as typeof answer)))
        : call(channel, input)) as typeof call
    await confirm()
    await confirm()
    expect(sent()).toHaveLength(1)
    expect(buttonIn('.dialog-foot', 'Abort').textContent).toContain('Sending')
    const forbidden = {
      kind: 'Forbidden',
      message: 'forbidden',
      verb: 'patch',
      resource: 'rollouts.argoproj.io/status',
      namespace: 'shop',
    } as const
    await fixture.tell(() => answer([{ key: checkout, sent: false, refusal: { kind: 'failed', failure: forbidden } }]))
    const refusal = dialog()?.querySelector('.effects [role=alert]')?.textContent
    expect(refusal).toMatch(/^Refused\..*patch.*rollouts\.argoproj\.io\/status/)
  })
})
