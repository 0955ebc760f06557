import type { FleetPatch, Notice } from '#contract/views.ts'
import type { Dispose } from '#lib/clock.ts'
import { textOf } from '../format/text.ts'
import type { App } from './app.ts'
import { tellDesktop } from './desktop.ts'
import { applyPatch, fromSnapshot } from './fleet.ts'
import { followPlans } from './follow-plans.ts'
import { followLeaseRequests } from './lease-requests.ts'
import { settleRequested } from './requested.ts'
import { hearEffect } from './send-action.ts'
import { showToast } from './toasts.ts'

/** Patches kept while a snapshot is on its way; more than this and the next snapshot starts over anyway. */
const patchLimit = 500
const retryMs = 2000

/** Streams of main → slices of the store, until disposed. */
export function connect(app: App): Dispose {
  const { bridge } = app
  const fleet = followFleet(app)
  const plans = followPlans(app)
  const desktop = tellDesktop(app)
  const readFacts = () => {
    void bridge
      .call('clusters.list', undefined)
      .then((clusters) => app.clusters.setState({ clusters, loaded: true }), ignoreGone)
    void bridge.call('app.info', undefined).then((info) => {
      app.connection.setState({ info })
      for (const notice of info.notices) addNotice(app, notice)
    }, ignoreGone)
  }
  const ends = [
    bridge.subscribe('fleet.patch', undefined, fleet.onPatch),
    bridge.subscribe('clusters.changed', undefined, (clusters) => app.clusters.setState({ clusters, loaded: true })),
    bridge.subscribe('action.effect', undefined, (effect) => hearEffect(app, effect)),
    bridge.subscribe('bundle.changed', undefined, (bundle) => app.bundle.setState({ bundle })),
    bridge.subscribe('app.notice', undefined, (notice) => addNotice(app, notice)),
    bridge.onConnection((state) => {
      app.connection.setState({ state })
      if (state !== 'connected') return
      readFacts()
      fleet.resync()
      plans.look()
      desktop.tell()
    }),
    fleet.dispose,
    plans.dispose,
    desktop.dispose,
    settleOnNews(app),
    followLeaseRequests(app),
  ]
  return () => {
    for (const end of ends) end()
  }
}

/** A call that fails because main is gone needs no words of its own: the window says so once, and asks again when it is back. */
const ignoreGone = () => {}

/** Keeps the fleet equal to main's: a snapshot first, then patches in order, and a new snapshot after a gap. */
function followFleet(app: App) {
  let waiting: FleetPatch[] | undefined
  let retry: Dispose = () => {}
  let ended = false

  const take = (patch: FleetPatch) => {
    const next = applyPatch(app.fleet.getState(), patch)
    if (next === 'gap') resync()
    else app.fleet.setState(next, true)
  }
  const resync = () => {
    if (waiting !== undefined || ended) return
    retry()
    waiting = []
    app.bridge.call('fleet.snapshot', undefined).then(
      (snapshot) => {
        const patches = waiting ?? []
        waiting = undefined
        app.fleet.setState(fromSnapshot(snapshot), true)
        for (const patch of patches) take(patch)
      },
      () => {
        waiting = undefined
        if (!ended) retry = app.clock.after(retryMs, resync)
      },
    )
  }
  const onPatch = (patch: FleetPatch) => {
    if (waiting === undefined) {
      if (app.fleet.getState().loaded) take(patch)
      else resync()
    } else if (waiting.length < patchLimit) waiting.push(patch)
  }
  const dispose = () => {
    ended = true
    retry()
  }
  return { onPatch, resync, dispose }
}

const noticeTones = { info: 'done', warning: 'info', error: 'failed' } as const

function addNotice(app: App, notice: Notice): void {
  const others = app.connection.getState().notices.filter((each) => each.id !== notice.id)
  app.connection.setState({ notices: [...others, notice] })
  // That a trouble is over is told where the trouble still stands; other infos are no news.
  const standing = app.toasts.getState().toasts.some(({ id }) => id === notice.id)
  if (notice.severity === 'info' && !standing) return
  showToast(app.toasts, {
    id: notice.id,
    tone: noticeTones[notice.severity],
    title: notice.title,
    detail: notice.detail,
  })
}

/** Takes warnings off rollouts that move on, and says so when main never tells what came of an action. */
function settleOnNews(app: App): Dispose {
  const settle = () => {
    const { rollouts } = app.fleet.getState()
    const text = textOf(app.texts)
    for (const key of settleRequested(app.requested, rollouts, app.clock.now())) {
      const view = rollouts.get(key)
      showToast(app.toasts, {
        id: `unconfirmed ${key}`,
        tone: 'info',
        title: text('toast.unconfirmed', { app: view?.name ?? key, cluster: view?.context ?? '' }),
        detail: text('toast.unconfirmedWhy'),
      })
    }
  }
  const ends = [app.fleet.subscribe(settle), app.ticker.subscribe(settle)]
  return () => {
    for (const end of ends) end()
  }
}
