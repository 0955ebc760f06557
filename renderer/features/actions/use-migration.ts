import { useEffect, useState } from 'react'
import type { AssuranceInput } from '#contract/guard-views.ts'
import {
  type MigrationActionName,
  type MigrationOptionsInput,
  type MigrationPreview,
  type MigrationRunView,
  usualMigration,
} from '#contract/migration-views.ts'
import type { ActionRefusal, RolloutKey } from '#contract/views.ts'
import { useApp } from '../../store/use-app.ts'

/** How long nothing may be typed before main is asked again. */
const typingPauseMs = 250
/** How often a run is looked at. */
const lookMs = 500

/** What it would do with these options: at once when the dialog opens, then a moment after each change. */
export function useMigrationPreview(action: MigrationActionName, key: RolloutKey, options: MigrationOptionsInput) {
  const app = useApp()
  const [answer, setAnswer] = useState<{ options: MigrationOptionsInput; preview: MigrationPreview }>()
  useEffect(() => {
    let live = true
    const tell = (preview: MigrationPreview) => live && setAnswer({ options, preview })
    const ask = () =>
      void app.bridge
        .call('migration.preview', { action, key, options })
        .then(tell, (error: unknown) => tell({ open: false, reason: String(error), services: [] }))
    const cancel = options === usualMigration ? ask() : app.clock.after(typingPauseMs, ask)
    return () => {
      live = false
      cancel?.()
    }
  }, [app, action, key, options])
  return { preview: answer?.preview, isCurrent: answer?.options === options }
}

/** The run of this key, looked at for as long as it runs. `undefined` until main has answered. */
export function useMigrationRun(key: RolloutKey, round: number): MigrationRunView | null | undefined {
  const app = useApp()
  const [run, setRun] = useState<{ round: number; view: MigrationRunView | null }>()
  useEffect(() => {
    let live = true
    let cancel: (() => void) | undefined
    const look = () =>
      void app.bridge.call('migration.state', { key }).then(
        (view) => {
          if (!live) return
          setRun({ round, view })
          if (view?.state === 'running') cancel = app.clock.after(lookMs, look)
        },
        // The connection is told of elsewhere; the run goes on without being looked at.
        () => {
          if (live) cancel = app.clock.after(lookMs, look)
        },
      )
    look()
    return () => {
      live = false
      cancel?.()
    }
  }, [app, key, round])
  return run?.round === round ? run.view : undefined
}

interface Begin {
  readonly options: MigrationOptionsInput
  readonly seen: string
  readonly reason: string
  readonly assurance: AssuranceInput
}

/** Sends it off; the refusal of one that does not begin. */
export function useBegin(action: MigrationActionName, key: RolloutKey, onBegun: () => void) {
  const app = useApp()
  const [state, setState] = useState<{ readonly isSending: boolean; readonly refusal?: ActionRefusal | string }>({
    isSending: false,
  })
  const begin = (wish: Begin) => {
    setState({ isSending: true })
    app.bridge.call('migration.begin', { action, key, ...wish }).then(
      (outcome) => {
        setState(outcome.ok ? { isSending: false } : { isSending: false, refusal: outcome.error })
        if (outcome.ok) onBegun()
      },
      (error: unknown) => setState({ isSending: false, refusal: String(error) }),
    )
  }
  return { ...state, begin }
}
