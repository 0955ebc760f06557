import type { ActionName, RolloutView } from '#contract/views.ts'

/** What helps most in each state; the first that is open stands in the entry. */
const helps: Partial<Record<RolloutView['status'], readonly ActionName[]>> = {
  Degraded: ['abort', 'retry', 'undo'],
  Inconclusive: ['promote', 'abort'],
  Aborted: ['retry', 'undo'],
  Paused: ['promote', 'abort', 'resume'],
}

export const helpfulActions = (view: RolloutView): readonly ActionName[] =>
  (helps[view.status] ?? []).filter((action) => view.actions[action].open).slice(0, 2)
