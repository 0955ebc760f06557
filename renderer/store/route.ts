import { createStore, type StoreApi } from 'zustand/vanilla'
import type { RolloutKey } from '#contract/views.ts'
import type { EpochMs } from '#lib/clock.ts'

/** A revision, what the Rollout asks for now, what kubectl applied last, or what it asked for then, in ms since the epoch. */
export type DiffRevision = number | 'spec' | 'applied' | `@${number}`

export const diffTabs = ['revisions', 'clusters', 'applied', 'file', 'moments'] as const
export type DiffTab = (typeof diffTabs)[number]

export type Route =
  /** `at`: as it was then. */
  | { readonly page: 'fleet'; readonly at?: EpochMs | undefined }
  | { readonly page: 'rollout'; readonly key: RolloutKey | undefined; readonly at?: EpochMs | undefined }
  | {
      readonly page: 'diff'
      readonly key: RolloutKey | undefined
      readonly left: DiffRevision | undefined
      readonly right: DiffRevision | undefined
      /** The other side's rollout, for a diff across clusters. */
      readonly rightKey: RolloutKey | undefined
      /** Absent: `revisions`. */
      readonly tab?: DiffTab | undefined
    }
  | { readonly page: 'history'; readonly id: string | undefined }
  | { readonly page: 'statistics' }
  | {
      readonly page: 'analysis'
      readonly key: RolloutKey | undefined
      /** Names; the first there is when absent. */
      readonly run: string | undefined
      readonly metric: string | undefined
    }
  | { readonly page: 'plans'; readonly id: string | undefined }
  /** What it shows is the draft of the store. */
  | { readonly page: 'planEditor' }

export type Page = Route['page']
export type RouteStore = StoreApi<{ readonly route: Route }>

/** A hash address → the page. Keys hold two `/`, those of native workloads three; their parts are percent-encoded already. */
export function parseRoute(hash: string): Route {
  const [path = '', query = ''] = hash.replace(/^#\/?/, '').split('?')
  const [page, ...rest] = path.split('/')
  const key = rest.length === 3 ? rest.join('/') : undefined
  const parameters = new URLSearchParams(query)
  switch (page) {
    case 'rollout':
      return { page, key: rest.length === 4 ? rest.join('/') : key, at: parseMoment(parameters.get('at')) }
    case 'diff':
      return {
        page,
        key,
        left: parseRevision(parameters.get('left')),
        right: parseRevision(parameters.get('right')),
        rightKey: parameters.get('with') ?? undefined,
        tab: diffTabs.find((tab) => tab === parameters.get('tab')),
      }
    case 'history':
    case 'plans':
      return { page, id: parameters.get('id') ?? undefined }
    case 'planEditor':
    case 'statistics':
      return { page }
    case 'analysis':
      return { page, key, run: parameters.get('run') ?? undefined, metric: parameters.get('metric') ?? undefined }
    default:
      return { page: 'fleet', at: page === 'fleet' ? parseMoment(parameters.get('at')) : undefined }
  }
}

function parseMoment(text: string | null): EpochMs | undefined {
  const at = text === null ? Number.NaN : Date.parse(text)
  return Number.isNaN(at) ? undefined : at
}

function parseRevision(text: string | null): DiffRevision | undefined {
  if (text === 'spec' || text === 'applied') return text
  if (text !== null && /^@\d+$/.test(text)) return `@${Number(text.slice(1))}`
  return text !== null && /^\d+$/.test(text) ? Number(text) : undefined
}

/** The inverse of `parseRoute`. */
export function hrefOf(route: Route): string {
  const query = new URLSearchParams()
  if (route.page === 'diff') {
    if (route.left !== undefined) query.set('left', String(route.left))
    if (route.right !== undefined) query.set('right', String(route.right))
    if (route.rightKey !== undefined) query.set('with', route.rightKey)
    if (route.tab !== undefined) query.set('tab', route.tab)
  }
  if ('at' in route && route.at !== undefined) query.set('at', new Date(route.at).toISOString())
  if ((route.page === 'history' || route.page === 'plans') && route.id !== undefined) query.set('id', route.id)
  if (route.page === 'analysis') {
    if (route.run !== undefined) query.set('run', route.run)
    if (route.metric !== undefined) query.set('metric', route.metric)
  }
  const key = 'key' in route && route.key !== undefined ? `/${route.key}` : ''
  const text = query.toString()
  return `#/${route.page}${key}${text === '' ? '' : `?${text}`}`
}

export const createRoute = (hash: string): RouteStore => createStore(() => ({ route: parseRoute(hash) }))

export const diffOf = (key: RolloutKey, left?: DiffRevision, right?: DiffRevision): Route => ({
  page: 'diff',
  key,
  left,
  right,
  rightKey: undefined,
})

export const analysisOf = (key: RolloutKey, run?: string, metric?: string): Route => ({
  page: 'analysis',
  key,
  run,
  metric,
})

/** A Rollout as it was. */
export const pastOf = (key: RolloutKey, at: EpochMs): Route => ({ page: 'rollout', key, at })

export const planOf = (id: string): Route => ({ page: 'plans', id })
