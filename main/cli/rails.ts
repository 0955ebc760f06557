import { resources } from '#api/resources.ts'
import type { Rollout } from '#api/rollout.ts'
import type { GuardView } from '#contract/guard-views.ts'
import { rolloutKey } from '#contract/keys.ts'
import {
  type Assurance,
  begins,
  type GuardedAction,
  guardOf,
  heldBack,
  isUnderWay,
  setAside,
} from '#engine/actions/guard-rails.ts'
import type { CliIo } from './io.ts'
import type { Target } from './targets.ts'

/** What stands in the way of one command, on all of its clusters. */
export interface CommandRails {
  /** `rollout`: as it is now; absent where the action is about something that belongs to none. */
  guard(about: About, rollout: Rollout | undefined): GuardView
  /** Why it is not sent; `undefined`: it is, and counts as under way from now on. */
  heldBack(about: About, rollout: Rollout | undefined): string | undefined
  /** What the person set aside, for the record. */
  setAside(guard: GuardView | undefined): string | undefined
}

interface About {
  readonly target: Target
  readonly name: string
}

interface RailsOptions {
  readonly action: GuardedAction
  readonly targets: readonly Target[]
  readonly given: Assurance
}

/** Counts what is under way in the clusters of the command, where there is a limit and the action could pass it. */
export async function createCommandRails({ action, targets, given }: RailsOptions, io: CliIo): Promise<CommandRails> {
  const isCounted = begins(action) && targets.some(({ rails }) => rails.changesMax !== undefined)
  const moving = isCounted ? await movingIn(targets) : new Set<string>()
  const keyOf = ({ target: { context, namespace }, name }: About) => rolloutKey({ context, namespace, name })
  const guard = (about: About, rollout: Rollout | undefined) =>
    guardOf({
      action,
      rails: about.target.rails,
      rollout,
      underWay: () => moving && [...moving].filter((key) => key !== keyOf(about)).length,
      now: io.clock.now(),
    })
  return {
    guard,
    heldBack: (about, rollout) => {
      const { context } = about.target
      const held = heldBack(guard(about, rollout), given, { context, name: about.name })
      if (held !== undefined) return `${held}${optionsFor(guard(about, rollout), context)}`
      if (begins(action)) moving?.add(keyOf(about))
      return undefined
    },
    setAside: (shown) => shown && setAside(shown, given),
  }
}

/** The keys of the rollouts with an update on its way; `undefined` where a cluster does not tell. */
async function movingIn(targets: readonly Target[]): Promise<Set<string> | undefined> {
  const moving = new Set<string>()
  for (const { client, context } of targets) {
    const listed = await client.list(resources.rollouts)
    if (!listed.ok) return undefined
    for (const rollout of listed.value.items as readonly Rollout[]) {
      const { namespace = '', name } = rollout.metadata
      if (isUnderWay(rollout)) moving.add(rolloutKey({ context, namespace, name }))
    }
  }
  return moving
}

/** ` (--confirm prod-eu --reason …)`: how it is said on a command line. */
export function optionsFor({ typedName, again, reasonFor, closed }: GuardView, context: string): string {
  const options = [
    closed === undefined ? undefined : '--break-glass',
    typedName ? `--confirm ${context}` : undefined,
    again ? '--skip-checks' : undefined,
    closed === undefined && reasonFor === undefined ? undefined : '--reason <why>',
  ].filter((each) => each !== undefined)
  return options.length === 0 ? '' : ` (${options.join(' ')})`
}

/** For a preview: what a person has to know and to give. */
export function guardLines(guard: GuardView | undefined, context: string): readonly string[] {
  if (guard === undefined || optionsFor(guard, context) === '') return []
  const why = [guard.closed?.why, guard.reasonFor, guard.typedName ? 'the context is protected' : undefined]
  return [`Takes${optionsFor(guard, context)}: ${why.filter((each) => each !== undefined).join('; ')}`]
}
