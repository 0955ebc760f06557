import { isUnderWay } from '#contract/attention.ts'
import type { PlanSummaryView } from '#contract/plan-views.ts'
import {
  approvalsMissing,
  gateShut,
  gateToOpen,
  holdShut,
  isHeldByPerson,
  type Shut,
  startShut,
} from '../format/plan-wishes.ts'
import { phaseOf } from '../format/plan-words.ts'
import type { Text, TextKey } from '../format/text.ts'
import { wishOf } from '../marks/plan-buttons.tsx'
import type { App, PlanWish } from '../store/app.ts'
import { newPlan, planFor } from '../store/new-plan.ts'
import { byAttention } from '../store/plans.ts'
import { hrefOf, planOf } from '../store/route.ts'
import type { IconName } from '../ui/icon-names.ts'
import { fits, type PaletteItem } from './palette-item.ts'

/** What can be done to plans, where they are, and how a new one begins. */
export function* planItems(app: App, text: Text, question: string): Iterable<PaletteItem> {
  const plans = byAttention(app.plans.getState().plans)
  // Before anything is typed there is room for what is at hand alone.
  if (question === '') return
  for (const plan of plans) yield* wishItems(app, text, plan, question)
  for (const plan of plans) {
    const words = text('palette.plan', { name: plan.name })
    if (!fits(`${words} plan`, question)) continue
    const run = () => app.goTo(hrefOf(planOf(plan.id)))
    const detail = phaseOf(text, plan).words
    yield { id: `plan ${plan.id}`, group: 'goTo', icon: 'flag', words, detail, hint: undefined, off: false, run }
  }
  yield* newItems(app, text, question)
}

function* newItems(app: App, text: Text, question: string): Iterable<PaletteItem> {
  const words = text('plans.new')
  if (fits(`${words} new plan`, question))
    yield {
      id: 'new plan',
      group: 'do',
      icon: 'plus',
      words,
      detail: '',
      hint: undefined,
      off: false,
      run: () => newPlan(app),
    }
  const marked = [...app.selection.getState().marked].filter(
    (key) => app.fleet.getState().rollouts.get(key)?.kind === undefined,
  )
  if (marked.length === 0) return
  const forMarked = text('palette.planMarked', { count: marked.length })
  const run = () => void planFor(app, marked)
  if (fits(`${forMarked} new plan`, question))
    yield {
      id: 'plan marked',
      group: 'do',
      icon: 'flag',
      words: forMarked,
      detail: '',
      hint: undefined,
      off: false,
      run,
    }
}

interface WishLine {
  readonly name: TextKey
  /** As people type it in every language. */
  readonly typed: string
  readonly icon: IconName
  readonly hint: string | undefined
  readonly wish: PlanWish
  readonly shut: Shut
}

function* wishItems(app: App, text: Text, plan: PlanSummaryView, question: string): Iterable<PaletteItem> {
  for (const { name, typed, icon, hint, wish, shut } of wishesOf(text, plan)) {
    const words = text('palette.planDo', { action: text(name), name: plan.name })
    if (!fits(`${words} ${typed} plan`, question)) continue
    yield {
      id: `${wish.kind} ${plan.id}`,
      group: 'do',
      icon,
      words,
      detail: shut ?? phaseOf(text, plan).words,
      hint,
      off: shut !== undefined,
      run: () => wishOf(app, plan, wish),
    }
  }
}

function wishesOf(text: Text, plan: PlanSummaryView): readonly WishLine[] {
  const start = { name: 'plan.do.start', typed: 'start', icon: 'play', hint: undefined } as const
  if (plan.phase === 'Ready') {
    const approve = { name: 'plan.do.approve', typed: 'approve', icon: 'check', hint: undefined } as const
    return [
      ...(approvalsMissing(plan) > 0 ? [{ ...approve, wish: { kind: 'approve' }, shut: undefined } as const] : []),
      { ...start, wish: { kind: 'start' }, shut: startShut(text, plan) },
    ]
  }
  if (!isUnderWay(plan)) return []
  const isHeld = isHeldByPerson(plan)
  const hold = isHeld
    ? ({ name: 'plan.do.release', typed: 'release', icon: 'play', wish: { kind: 'release' } } as const)
    : ({ name: 'plan.do.hold', typed: 'hold', icon: 'pause', wish: { kind: 'hold' } } as const)
  const wave = gateToOpen(plan) ?? 0
  return [
    { ...hold, hint: 'H', shut: holdShut(text, plan) },
    {
      name: 'plan.do.openGate',
      typed: 'open gate wave',
      icon: 'gate',
      hint: 'W',
      wish: { kind: 'openGate', wave },
      shut: gateShut(text, plan),
    },
    {
      name: 'plan.do.stop',
      typed: 'abort end stop roll back',
      icon: 'abort',
      hint: undefined,
      wish: { kind: 'stop' },
      shut: holdShut(text, plan),
    },
  ]
}
