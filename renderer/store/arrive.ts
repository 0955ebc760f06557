import type { Dispose } from '#lib/clock.ts'
import { type App, openOverlay } from './app.ts'
import { dropDraft, isUnsaved } from './plan-draft.ts'
import { hrefOf, parseRoute } from './route.ts'

/** The page of an address, unless a plan that is not saved would be left behind: then the window stays, and asks. */
export function arrive(app: App, href: string): 'there' | 'asks' {
  const to = parseRoute(href)
  if (app.route.getState().route.page === 'planEditor' && to.page !== 'planEditor') {
    if (isUnsaved(app.planDraft)) {
      openOverlay(app, { kind: 'leavePlan', to: href })
      return 'asks'
    }
    dropDraft(app.planDraft)
  }
  app.route.setState({ route: to })
  return 'there'
}

/** The page follows the address of the window, and the address the page where that stays. */
export function followHash(app: App, target: Window): Dispose {
  const follow = () => {
    if (arrive(app, target.location.hash) === 'asks')
      target.history.replaceState(null, '', hrefOf(app.route.getState().route))
  }
  target.addEventListener('hashchange', follow)
  return () => target.removeEventListener('hashchange', follow)
}
