import { useEffect, useRef } from 'react'
import type { Dispose } from '#lib/clock.ts'
import { type App, openOverlay } from '../store/app.ts'
import { nextTheme } from '../store/preferences.ts'
import { hrefOf } from '../store/route.ts'
import { takeBackLast } from '../store/send-action.ts'
import { useApp } from '../store/use-app.ts'
import { keyName, useKeys } from '../ui/use-keys.ts'
import { subjectOf } from './subject.ts'
import { routeOf } from './title-bar.tsx'

const secondKeyMs = 1200
const places = { F: 'fleet', P: 'plans', R: 'rollout', D: 'diff', H: 'history', S: 'statistics' } as const

/** Keys that work on every page; a first `G` waits 1.2 s for its second key (UI-KEY-6). */
export function useGlobalKeys(onPending: (key: string | undefined) => void): void {
  const app = useApp()
  const sequence = useRef<Dispose | undefined>(undefined)
  useKeys({
    '⌘K': () => openOverlay(app, { kind: 'palette' }),
    '⌘O': () => openOverlay(app, { kind: 'kubeconfig' }),
    '⌘⇧L': () => app.preferences.setState({ theme: nextTheme(app.preferences.getState().theme) }),
    '?': () => openOverlay(app, { kind: 'keys' }),
    '/': () => document.querySelector<HTMLInputElement>('input[data-filter]')?.focus(),
    Z: () => takeBackLast(app),
    F6: () => focusRegion(1),
    '⇧F6': () => focusRegion(-1),
    G: () => {
      sequence.current?.()
      sequence.current = app.clock.after(secondKeyMs, () => end())
      onPending('G')
    },
  })
  const end = () => {
    sequence.current?.()
    sequence.current = undefined
    onPending(undefined)
  }
  useSecondKey(app, sequence, end)
}

/** Listens first, so that `G R` is not also the key `R` of the page. */
function useSecondKey(app: App, sequence: { readonly current: Dispose | undefined }, end: () => void): void {
  const latest = useRef(end)
  useEffect(() => {
    latest.current = end
  })
  useEffect(() => {
    const onKeyDown = (event: KeyboardEvent) => {
      if (sequence.current === undefined) return
      latest.current()
      const place = places[keyName(event) as keyof typeof places]
      if (place === undefined) return
      event.preventDefault()
      event.stopImmediatePropagation()
      app.goTo(hrefOf(routeOf(place, subjectOf(app))))
    }
    window.addEventListener('keydown', onKeyDown, { capture: true })
    return () => window.removeEventListener('keydown', onKeyDown, { capture: true })
  }, [app, sequence])
}

/** UI-KEY-7: from one region of the window to the next, into its first control. */
function focusRegion(step: 1 | -1): void {
  const regions = [...document.querySelectorAll<HTMLElement>('[data-region]')].filter(
    (each) => each.offsetParent !== null,
  )
  const at = regions.findIndex((region) => region.contains(document.activeElement))
  const next = regions.at((at + step + (at < 0 && step < 0 ? 1 : 0)) % regions.length)
  next?.querySelector<HTMLElement>('a[href], button, input, [tabindex="0"]')?.focus()
}
