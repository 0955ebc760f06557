import { urgencyOf } from '#contract/attention.ts'
import type { ActionName, RolloutKey, RolloutView } from '#contract/views.ts'
import { statusWords } from '../format/status-words.ts'
import type { Text } from '../format/text.ts'
import { actionIcons, actionKeys } from '../marks/action-button.tsx'
import { type App, openOverlay } from '../store/app.ts'
import { diffOf, hrefOf, pastOf } from '../store/route.ts'
import { showView } from '../store/saved-views.ts'
import { beginAction } from '../store/send-action.ts'
import { fits, type PaletteItem } from './palette-item.ts'
import { planItems } from './plan-items.ts'

const actions = [
  'promote',
  'promoteFull',
  'skipStep',
  'pause',
  'resume',
  'abort',
  'retry',
  'undo',
  'restart',
  'cancelRestart',
  'setImage',
] as const satisfies readonly ActionName[]
const nativeActions = ['pause', 'resume', 'undo', 'restart'] as const satisfies readonly ActionName[]
const perGroup = 8

/** What can be run and where one can go, for a question; open actions before shut ones, urgent rollouts first. */
export function paletteItems(
  app: App,
  text: Text,
  question: string,
  subject: RolloutKey | undefined,
): readonly PaletteItem[] {
  const views = [...app.fleet.getState().rollouts.values()].sort((a, b) => urgencyOf(a) - urgencyOf(b))
  const own = subject === undefined ? undefined : app.fleet.getState().rollouts.get(subject)
  const doable =
    question === ''
      ? own === undefined
        ? []
        : [own]
      : own === undefined
        ? views
        : [own, ...views.filter((view) => view !== own)]
  return [
    ...take(doItems(app, text, doable, question)),
    ...take(planItems(app, text, question)),
    ...pageItems(app, text, question),
    ...viewItems(app, text, question),
    ...take(goItems(app, text, views, question)),
  ]
}

const take = (items: Iterable<PaletteItem>): readonly PaletteItem[] => {
  const taken: PaletteItem[] = []
  for (const item of items) {
    taken.push(item)
    if (taken.length === perGroup) break
  }
  return taken.toSorted((a, b) => Number(a.off) - Number(b.off))
}

function* doItems(app: App, text: Text, views: readonly RolloutView[], question: string): Iterable<PaletteItem> {
  for (const view of views) {
    if (view.kind === undefined) yield* backTestItem(app, text, view, question)
    for (const action of view.kind === undefined ? actions : nativeActions) {
      const words = text('palette.do', { action: text(`action.${action}`), app: view.name, cluster: view.context })
      if (!fits(`${words} ${action}`, question)) continue
      const availability = view.actions[action]
      yield {
        id: `${action} ${view.key}`,
        group: 'do',
        icon: actionIcons[action],
        words,
        detail: availability.open ? statusWords(text, view) : availability.reason,
        hint: actionKeys[action],
        off: !availability.open,
        run: () => beginAction(app, action, [view.key]),
      }
    }
    yield* migrationItem(app, text, view, question)
    if (view.kind !== undefined) continue
    const words = text('palette.do', { action: text('action.diff'), app: view.name, cluster: view.context })
    if (question !== '' && !fits(`${words} diff`, question)) continue
    const run = () => app.goTo(hrefOf(diffOf(view.key)))
    yield { id: `diff ${view.key}`, group: 'do', icon: 'diff', words, detail: '', hint: 'D', off: false, run }
    yield* pastItem(app, text, view, question)
  }
}

/** The page of a Rollout as it was. */
function* pastItem(app: App, text: Text, view: RolloutView, question: string): Iterable<PaletteItem> {
  const words = text('palette.do', { action: text('past.open'), app: view.name, cluster: view.context })
  if (question === '' || !fits(`${words} past history time travel`, question)) return
  const run = () => app.goTo(hrefOf(pastOf(view.key, app.clock.now())))
  yield { id: `past ${view.key}`, group: 'do', icon: 'history', words, detail: '', hint: '⇧H', off: false, run }
}

/** A Deployment becomes a Rollout, and one that was made so goes back. */
function* migrationItem(app: App, text: Text, view: RolloutView, question: string): Iterable<PaletteItem> {
  const action = view.kind === 'Deployment' ? 'makeRollout' : view.lentBy === undefined ? undefined : 'backToDeployment'
  if (action === undefined) return
  const words = text('palette.do', { action: text(`action.${action}`), app: view.name, cluster: view.context })
  if (question === '' || !fits(`${words} ${action}`, question)) return
  const run = () => openOverlay(app, { kind: 'migrate', action, key: view.key })
  const icon = action === 'makeRollout' ? 'canary' : 'rollback'
  yield { id: `${action} ${view.key}`, group: 'do', icon, words, detail: '', hint: undefined, off: false, run }
}

function* backTestItem(app: App, text: Text, view: RolloutView, question: string): Iterable<PaletteItem> {
  const words = text('palette.do', { action: text('backTest.name'), app: view.name, cluster: view.context })
  // Before anything is typed there is room for the actions alone.
  if (question === '' || !fits(`${words} back-test backtest`, question)) return
  const run = () => openOverlay(app, { kind: 'backTest', key: view.key })
  const id = `back-test ${view.key}`
  yield { id, group: 'do', icon: 'history', words, detail: '', hint: undefined, off: false, run }
}

function* goItems(app: App, text: Text, views: readonly RolloutView[], question: string): Iterable<PaletteItem> {
  for (const view of views) {
    const words = text('palette.goTo', { app: view.name, cluster: view.context })
    if (!fits(words, question)) continue
    const detail = [statusWords(text, view), view.version].filter((each) => each !== undefined).join(', ')
    const run = () => app.goTo(hrefOf({ page: 'rollout', key: view.key }))
    yield { id: `open ${view.key}`, group: 'goTo', icon: 'route', words, detail, hint: undefined, off: false, run }
  }
}

/** Saved views, for where the rail has no room for them too. */
function viewItems(app: App, text: Text, question: string): readonly PaletteItem[] {
  if (question === '') return []
  return app.preferences.getState().savedViews.flatMap((view, index): PaletteItem[] => {
    const words = text('palette.view', { name: view.name })
    const run = () => {
      app.goTo('#/fleet')
      showView(app, view)
    }
    const item = { id: `view ${view.name}`, group: 'goTo', icon: 'funnel', words, detail: view.filter } as const
    return fits(`${words} view`, question) ? [{ ...item, hint: `⌥${index + 1}`, off: false, run }] : []
  })
}

const pages = [
  { page: 'fleet', name: 'nav.fleet', icon: 'grid', hint: 'G F' },
  { page: 'plans', name: 'nav.plans', icon: 'flag', hint: 'G P' },
  { page: 'history', name: 'nav.history', icon: 'history', hint: 'G H' },
  { page: 'statistics', name: 'statistics.open', icon: 'chart', hint: 'G S' },
] as const

function pageItems(app: App, text: Text, question: string): readonly PaletteItem[] {
  return pages.flatMap(({ page, name, icon, hint }): PaletteItem[] => {
    const words = text(name)
    const run = () => app.goTo(`#/${page}`)
    return fits(`${words} ${page}`, question)
      ? [{ id: page, group: 'goTo', icon, words, detail: '', hint, off: false, run }]
      : []
  })
}
