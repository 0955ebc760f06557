import type { DiffSideInput } from '#contract/diff-requests.ts'
import type { RolloutDetailView, RolloutKey } from '#contract/views.ts'
import type { EpochMs } from '#lib/clock.ts'
import type { DiffRevision, DiffTab, Route } from '../../store/route.ts'

export type DiffRoute = Route & { readonly page: 'diff' }

export interface ChosenFile {
  readonly name: string
  readonly text: string
}

export interface Sides {
  readonly left: DiffSideInput
  readonly right: DiffSideInput
}

export const tabOf = ({ tab = 'revisions' }: DiffRoute): DiffTab => tab

/** What A and B are where the address does not say. */
export function withDefaults(
  route: DiffRoute,
  detail: RolloutDetailView | undefined,
  now: EpochMs,
): { readonly left: DiffRevision | undefined; readonly right: DiffRevision | undefined } {
  switch (tabOf(route)) {
    case 'applied':
      return { left: 'applied', right: 'spec' }
    case 'file':
    case 'clusters':
      return { left: 'spec', right: 'spec' }
    case 'moments':
      return { left: isMoment(route.left) ? route.left : `@${now - dayMs}`, right: route.right ?? 'spec' }
    case 'revisions':
      return { left: route.left ?? stableOf(detail), right: route.right ?? detail?.view.revision }
  }
}

const stableOf = (detail: RolloutDetailView | undefined) =>
  detail?.view.stableRevision ?? detail?.revisions.at(-1)?.revision

const dayMs = 24 * 3_600_000
const isMoment = (revision: DiffRevision | undefined): boolean =>
  typeof revision === 'string' && revision.startsWith('@')

/** The two sides of an address; `undefined` as long as one of them is not known. */
export function sidesOf(
  key: RolloutKey,
  route: DiffRoute,
  { left, right }: ReturnType<typeof withDefaults>,
  file: ChosenFile | undefined,
): Sides | undefined {
  const tab = tabOf(route)
  if (tab === 'file') return file && { left: { kind: 'text', ...file }, right: { kind: 'live', key } }
  if (tab === 'clusters' && route.rightKey === undefined) return undefined
  if (left === undefined || right === undefined) return undefined
  return { left: sideOf(key, left), right: sideOf(route.rightKey ?? key, right) }
}

function sideOf(key: RolloutKey, revision: DiffRevision): DiffSideInput {
  if (typeof revision === 'number') return { kind: 'revision', key, revision }
  if (revision === 'spec') return { kind: 'live', key }
  return revision === 'applied' ? { kind: 'applied', key } : { kind: 'moment', key, at: momentOf(revision) }
}

export const momentOf = (revision: `@${number}`): EpochMs => Number(revision.slice(1))
