import type { PlanMemberState, PlanMemberView, PlanView } from '#contract/plan-views.ts'
import { approvalsMissing } from '../../format/plan-wishes.ts'
import { currentWave, machineOf, personOf } from '../../format/plan-words.ts'
import type { Text } from '../../format/text.ts'
import { formatPercent } from '../../format/weight.ts'
import type { PlanWish } from '../../store/app.ts'
import type { IconName } from '../../ui/icon-names.ts'

export const stopScopes = ['inFlight', 'wave', 'all', 'end'] as const
/** What `stop` does: take back that much, or `end` the plan and leave all as it is. */
export type StopScope = (typeof stopScopes)[number]

/** What a dialog asks beside the wish itself. */
export interface WishChoice {
  /** Of `stop`. */
  readonly scope: StopScope
  /** Of `hold`: pause every member as well (W12). */
  readonly stopsLine: boolean
  /** Of `retry`: go on at the last pause it had come to (W17). */
  readonly fromLastPause: boolean
}

interface EffectLine {
  readonly icon: IconName
  readonly words: string
  readonly isWarning?: boolean
}

interface WishEffects {
  /** Members that would be written to because of it, in the order of the plan. */
  readonly touches: readonly PlanMemberView[]
  readonly lines: readonly EffectLine[]
}

const underWay: readonly PlanMemberState[] = ['Applying', 'Progressing', 'AtGate']
const inFlight: readonly PlanMemberState[] = [...underWay, 'Failed', 'TimedOut']
const updated: readonly PlanMemberState[] = ['Soaking', 'Succeeded']
const toCome: readonly PlanMemberState[] = ['Pending', 'Admitting', ...underWay]

const inStates = (members: readonly PlanMemberView[], states: readonly PlanMemberState[]) =>
  members.filter(({ state }) => states.includes(state))

const shareOf = (members: readonly PlanMemberView[]): string =>
  formatPercent(members.reduce((sum, { trafficShare }) => sum + trafficShare, 0))

/** What follows from a wish, most important first, and who is touched by it (UI-ACT-1). */
export function wishEffects(text: Text, plan: PlanView, wish: PlanWish, choice: WishChoice): WishEffects {
  switch (wish.kind) {
    case 'start':
      return started(text, plan)
    case 'approve':
      return approved(text, plan)
    case 'hold':
      return held(text, plan, choice.stopsLine)
    case 'release':
      return released(text, plan)
    case 'openGate':
      return opened(text, plan, wish.wave)
    case 'retry':
    case 'skip':
      return aboutMember(text, plan, wish, choice.fromLastPause)
    case 'ask':
    case 'handOver':
      return handed(text, plan, wish.kind)
    case 'stop':
      return stopped(text, plan, choice.scope)
  }
}

function started(text: Text, plan: PlanView): WishEffects {
  const touches = plan.waveViews.flatMap(({ members }) => members)
  const [first] = plan.waveViews
  const change = plan.change.join(', ')
  return {
    touches,
    lines: [
      { icon: 'box', words: change === '' ? text('plan.effect.gate') : text('plan.effect.change', { change }) },
      ...(first === undefined ? [] : [waveBegins(text, first, 1)]),
      { icon: 'lock', words: text('plan.effect.later') },
    ],
  }
}

/** Nothing is sent: what has been said of it so far, and what it still takes (3.4.1). */
function approved(text: Text, plan: PlanView): WishEffects {
  const { by, given = [] } = plan.approvals ?? {}
  const count = approvalsMissing(plan) - 1
  return {
    touches: [],
    lines: [
      ...given.map(({ by: who, reason }) => ({
        icon: 'check' as const,
        words: text('plan.effect.approvedBy', { who: personOf(who), why: reason }),
      })),
      ...(by === undefined
        ? []
        : [{ icon: 'lock' as const, words: text('plan.effect.mayApprove', { who: by.join(', ') }) }]),
      { icon: 'flag', words: count > 0 ? text('plan.effect.approvalsLeft', { count }) : text('plan.effect.mayStart') },
    ],
  }
}

/** Nothing is sent to a member because of it (SR-6). */
function handed(text: Text, plan: PlanView, kind: 'ask' | 'handOver'): WishEffects {
  const { driver, request } = plan
  const holder =
    'holder' in driver && driver.holder !== undefined ? machineOf(driver.holder) : text('plan.driver.nobody')
  const reason = request?.reason ?? ''
  return {
    touches: [],
    lines: [
      { icon: 'helm', words: text(`plan.effect.${kind}`, { holder, by: request?.by ?? '' }) },
      ...(reason === '' || kind === 'ask'
        ? []
        : [{ icon: 'eye' as const, words: text('ask.theirReason', { reason }) }]),
      { icon: 'route', words: text('plan.effect.staysMeanwhile') },
    ],
  }
}

function waveBegins(text: Text, wave: PlanView['waveViews'][number], number: number): EffectLine {
  return {
    icon: 'flag',
    words: text('plan.effect.wave', {
      wave: number,
      name: wave.name,
      count: wave.members.length,
      share: shareOf(wave.members),
      amount: wave.maxConcurrent,
    }),
  }
}

const over: readonly PlanMemberState[] = ['Skipped', 'Superseded']

const everyMember = (plan: PlanView): readonly PlanMemberView[] =>
  plan.waveViews.flatMap(({ members }) => members).filter(({ state }) => !over.includes(state))

function held(text: Text, plan: PlanView, stopsLine: boolean): WishEffects {
  const all = everyMember(plan)
  if (stopsLine) {
    const words = text('plan.effect.lineStopped', { count: all.length })
    return {
      touches: all,
      lines: [
        { icon: 'pause', words: text('plan.effect.nothingBegins') },
        { icon: 'lock', words },
      ],
    }
  }
  return {
    touches: [],
    lines: [
      { icon: 'pause', words: text('plan.effect.nothingBegins') },
      { icon: 'route', words: text('plan.effect.toNextPause', { count: inStates(all, underWay).length }) },
    ],
  }
}

function released(text: Text, plan: PlanView): WishEffects {
  const others = plan.holds.filter(({ reason }) => reason !== 'Manual')
  const isLineStopped = plan.holds.some(({ stopsLine }) => stopsLine === true)
  return {
    touches: isLineStopped ? everyMember(plan) : inStates(plan.waveViews[currentWave(plan)]?.members ?? [], toCome),
    lines: [
      { icon: 'eye', words: text('plan.effect.readFirst') },
      ...(isLineStopped ? [{ icon: 'play' as const, words: text('plan.effect.lineGoes') }] : []),
      ...others.map((hold) => ({
        icon: 'paused' as const,
        words: text('plan.effect.stillHeld', { why: hold.text }),
        isWarning: true,
      })),
    ],
  }
}

function opened(text: Text, plan: PlanView, index: number): WishEffects {
  const next = plan.waveViews[index + 1]
  const gate = plan.waveViews[index]?.gate ?? 'none'
  return {
    touches: next?.members ?? [],
    lines: [
      ...(gate === 'manual' || gate === 'none'
        ? []
        : [{ icon: 'warn' as const, words: text('plan.effect.noVerdict'), isWarning: true }]),
      next === undefined ? { icon: 'healthy', words: text('plan.effect.lastGate') } : waveBegins(text, next, index + 2),
    ],
  }
}

function aboutMember(
  text: Text,
  plan: PlanView,
  wish: PlanWish & { readonly member: string },
  fromLastPause: boolean,
): WishEffects {
  const member = plan.waveViews.flatMap(({ members }) => members).find(({ id }) => id === wish.member)
  if (wish.kind === 'skip') {
    return {
      touches: [],
      lines: [
        { icon: 'skip', words: text('plan.effect.skipped') },
        ...(member?.state === 'Pending'
          ? []
          : [{ icon: 'warn' as const, words: text('plan.effect.staysFailed'), isWarning: true }]),
      ],
    }
  }
  return {
    touches: member === undefined ? [] : [member],
    lines: [
      { icon: 'retry', words: text(fromLastPause ? 'plan.effect.resumed' : 'plan.effect.retried') },
      ...(member?.reason === undefined
        ? []
        : [{ icon: 'warn' as const, words: text('plan.effect.hadFailed', { why: member.reason }), isWarning: true }]),
    ],
  }
}

function stopped(text: Text, plan: PlanView, scope: StopScope): WishEffects {
  if (scope === 'end') {
    const moving = inStates(
      plan.waveViews.flatMap(({ members }) => members),
      toCome.slice(1),
    )
    return {
      touches: [],
      lines: [
        { icon: 'x', words: text('plan.effect.nothingSent') },
        ...(moving.length === 0
          ? []
          : [
              {
                icon: 'warn' as const,
                words: text('plan.effect.leftAlone', { count: moving.length }),
                isWarning: true,
              },
            ]),
      ],
    }
  }
  const reached = plan.waveViews.findLastIndex(({ state }) => state !== 'Waiting')
  const members = plan.waveViews
    .filter((_, index) => (scope === 'all' ? index <= reached : index === reached))
    .flatMap((wave) => wave.members)
  const aborted = inStates(members, inFlight)
  const done = inStates(members, updated)
  const undone = scope === 'inFlight' ? [] : done
  const kept =
    inStates(
      plan.waveViews.flatMap((wave) => wave.members),
      updated,
    ).length - undone.length
  return {
    touches: members.filter((member) => aborted.includes(member) || undone.includes(member)),
    lines: [
      { icon: 'abort', words: text('plan.effect.aborted', { count: aborted.length }) },
      ...(undone.length === 0
        ? []
        : [{ icon: 'rollback' as const, words: text('plan.effect.undone', { count: undone.length }) }]),
      ...(kept === 0 ? [] : [{ icon: 'flag' as const, words: text('plan.effect.kept', { count: kept }) }]),
      { icon: 'lock', words: text('plan.effect.planEnds') },
    ],
  }
}
