import type { RolloutKey } from '#contract/views.ts'
import { failureWords } from '../format/failure-words.ts'
import { textOf } from '../format/text.ts'
import type { App } from './app.ts'
import { emptyPlan, openDraft } from './plan-draft.ts'
import { hrefOf } from './route.ts'
import { showToast } from './toasts.ts'

/** Opens the editor with an empty plan. */
export function newPlan(app: App): void {
  openDraft(app.planDraft, emptyPlan)
  app.goTo(hrefOf({ page: 'planEditor' }))
}

/** Opens it with a plan for those of them that are Rollouts, the first cluster as a pilot. */
export function planFor(app: App, keys: readonly RolloutKey[]): Promise<void> {
  const { rollouts } = app.fleet.getState()
  const own = keys.filter((key) => rollouts.get(key)?.kind === undefined)
  return openFrom(app, () => app.bridge.call('plan.draft', { keys: own }))
}

/** Opens it with the text of a plan there is, to be kept as another one. */
export const copyPlan = (app: App, id: string): Promise<void> =>
  openFrom(app, () => app.bridge.call('plan.text', { id }))

async function openFrom(app: App, read: () => ReturnType<typeof app.bridge.call<'plan.text'>>): Promise<void> {
  const text = textOf(app.texts)
  const refuse = (detail: string) =>
    showToast(app.toasts, { id: 'plan draft', tone: 'failed', title: text('plans.noDraft'), detail })
  try {
    const outcome = await read()
    if (!outcome.ok) return refuse(failureWords(text, outcome.error))
    openDraft(app.planDraft, outcome.value)
    app.goTo(hrefOf({ page: 'planEditor' }))
  } catch (error) {
    refuse(error instanceof Error ? error.message : String(error))
  }
}
