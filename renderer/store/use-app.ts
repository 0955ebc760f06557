import { createContext, use, useEffect, useEffectEvent, useState } from 'react'
import { useStore } from 'zustand'
import type { RolloutDetailView, RolloutKey, RolloutView } from '#contract/views.ts'
import type { EpochMs } from '#lib/clock.ts'
import type { Failure } from '#lib/failure.ts'
import { type Locale, type Text, textOf } from '../format/text.ts'
import type { App, ClustersState } from './app.ts'
import type { FleetState } from './fleet.ts'

export const AppContext = createContext<App | undefined>(undefined)

export function useApp(): App {
  const app = use(AppContext)
  if (app === undefined) throw new Error('A component of the window stands outside AppContext')
  return app
}

/** The messages of the language in use; a new function whenever the language changes. */
export function useText(): Text {
  const { texts } = useApp()
  const [text, setText] = useState(() => textOf(texts))
  useEffect(() => {
    const renew = () => setText(() => textOf(texts))
    texts.on('languageChanged', renew)
    return () => texts.off('languageChanged', renew)
  }, [texts])
  return text
}

export const useLocale = (): Locale => useStore(useApp().preferences, (state) => state.locale)

export const useFleet = <T>(select: (state: FleetState) => T): T => useStore(useApp().fleet, select)

export const useRollout = (key: RolloutKey | undefined): RolloutView | undefined =>
  useFleet((state) => (key === undefined ? undefined : state.rollouts.get(key)))

export const useClusters = <T>(select: (state: ClustersState) => T): T => useStore(useApp().clusters, select)

export const useCluster = (context: string | undefined) =>
  useClusters((state) => state.clusters.find((cluster) => cluster.context === context))

/** A value that depends on the time; the component renders again only when the value changes. */
export const useTicking = <T extends string | number | boolean | undefined>(value: (now: EpochMs) => T): T =>
  useStore(useApp().ticker, (state) => value(state.now))

export type Loaded<T> =
  | { readonly state: 'loading' }
  | { readonly state: 'there'; readonly value: T }
  | { readonly state: 'gone' }
  | { readonly state: 'failed'; readonly failure: Failure | { readonly kind: 'Bridge'; readonly message: string } }

/** The full picture of one rollout, live for as long as the component is there. */
export function useRolloutDetail(key: RolloutKey | undefined): Loaded<RolloutDetailView> {
  const { bridge } = useApp()
  const [detail, setDetail] = useState<{ key: RolloutKey | undefined; loaded: Loaded<RolloutDetailView> }>()
  useEffect(() => {
    if (key === undefined) return undefined
    let live = true
    const show = (loaded: Loaded<RolloutDetailView>) => live && setDetail({ key, loaded })
    bridge.call('rollout.detail', { key }).then(
      (outcome) => !outcome.ok && show({ state: 'failed', failure: outcome.error }),
      (error: unknown) => show({ state: 'failed', failure: { kind: 'Bridge', message: String(error) } }),
    )
    const end = bridge.subscribe('rollout.changed', { key }, (value) =>
      show(value === null ? { state: 'gone' } : { state: 'there', value }),
    )
    return () => {
      live = false
      end()
    }
  }, [bridge, key])
  return detail?.key === key && detail !== undefined ? detail.loaded : { state: 'loading' }
}

/** The answer to one question, asked again whenever `question` changes. */
export function useAnswer<T>(question: string, ask: () => Promise<Loaded<T>>): Loaded<T> {
  const [answer, setAnswer] = useState<{ question: string; loaded: Loaded<T> }>()
  // `ask` belongs to `question`: the same question is the same call.
  const answerNow = useEffectEvent(ask)
  useEffect(() => {
    let live = true
    answerNow().then(
      (loaded) => live && setAnswer({ question, loaded }),
      (error: unknown) =>
        live &&
        setAnswer({ question, loaded: { state: 'failed', failure: { kind: 'Bridge', message: String(error) } } }),
    )
    return () => {
      live = false
    }
  }, [question])
  return answer?.question === question ? answer.loaded : { state: 'loading' }
}
